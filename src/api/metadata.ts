import { Type } from 'typebox';
import { route, type Route } from '../http/route.ts';
import { REVISION, VERSION } from '../version.ts';
import { entity, nullable } from './entities/entity.ts';

const Version = entity({ version: Type.String(), revision: Type.String() });
const Kas = entity({
  enabled: Type.Boolean(),
  externalUrl: nullable(Type.String()),
  externalK8sProxyUrl: nullable(Type.String()),
  version: nullable(Type.String()),
});
const Metadata = entity({
  version: Type.String(),
  revision: Type.String(),
  kas: Kas,
  enterprise: Type.Boolean(),
});

const version = { version: VERSION, revision: REVISION };

/** The version clients ask for before they decide what this server can do. */
export const metadataRoutes = (): Route[] => [
  route({
    method: 'GET',
    path: '/version',
    summary: 'The version of GitLab whose API this server speaks',
    tag: 'Metadata',
    ability: 'read_own',
    authenticate: true,
    scopes: ['read_user'],
    params: Type.Object({}),
    reply: Version,
    handler: async () => version,
  }),
  route({
    method: 'GET',
    path: '/metadata',
    summary: 'The version with more about the server',
    tag: 'Metadata',
    ability: 'read_own',
    authenticate: true,
    scopes: ['read_user'],
    params: Type.Object({}),
    reply: Metadata,
    handler: async () => ({
      ...version,
      kas: { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null },
      enterprise: false,
    }),
  }),
];

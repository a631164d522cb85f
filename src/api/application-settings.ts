import { Type } from 'typebox';
import {
  type ApplicationSettings as Settings,
  readApplicationSettings,
  writeApplicationSettings,
} from '../access/application-settings-store.ts';
import { route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { entity } from './entities/entity.ts';
import { tokenInterval } from './project-settings.ts';
import { needOneOf } from './reader.ts';

const tag = 'Application settings';

const fields = {
  allow_runner_registration_token: Type.Boolean(),
  runner_token_expiration_interval: tokenInterval(),
  group_runner_token_expiration_interval: tokenInterval(),
  project_runner_token_expiration_interval: tokenInterval(),
} satisfies Record<keyof Settings, unknown>;
const ApplicationSettings = entity(fields);

/** What administrators set of the whole server. */
export function applicationSettingsRoutes({ db }: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/application/settings',
      summary: "Get the server's settings",
      tag,
      ability: 'admin_settings',
      params: Type.Object({}),
      reply: ApplicationSettings,
      handler: async () => readApplicationSettings(db.read),
    }),
    route({
      method: 'PUT',
      path: '/application/settings',
      summary: "Change the server's settings",
      tag,
      ability: 'admin_settings',
      params: Type.Partial(Type.Object(fields)),
      reply: ApplicationSettings,
      handler: async ({ params }) => {
        needOneOf(params, Object.keys(fields));
        return writeApplicationSettings(db, params);
      },
    }),
  ];
}

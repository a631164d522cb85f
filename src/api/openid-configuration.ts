import { Type } from 'typebox';
import { route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { entity } from './entities/entity.ts';

const Texts = Type.Array(Type.String());

const Configuration = entity({
  issuer: Type.String({ description: 'The `iss` of tokens' }),
  jwks_uri: Type.String(),
  response_types_supported: Texts,
  subject_types_supported: Texts,
  id_token_signing_alg_values_supported: Texts,
  scopes_supported: Texts,
  claims_supported: Texts,
});

const KeySet = entity({
  keys: Type.Array(
    entity({
      kty: Type.String(),
      n: Type.String(),
      e: Type.String(),
      kid: Type.String(),
      use: Type.String(),
      alg: Type.String(),
    }),
  ),
});

/** All that a token of `id_tokens` may say. */
const CLAIMS = [
  'iss sub aud exp nbf iat jti namespace_id namespace_path project_id project_path project_visibility',
  'job_namespace_id job_namespace_path job_project_id job_project_path',
  'user_id user_login user_email user_access_level pipeline_id pipeline_source job_id',
  'ref ref_type ref_path ref_protected sha environment environment_protected environment_action deployment_tier',
  'runner_id runner_environment ci_config_ref_uri ci_config_sha',
].flatMap((line) => line.split(' '));

/** What others need to check the tokens of jobs: where the keys are, and the keys. */
export function openidConfigurationRoutes({ url, signingKey }: Pick<Parts, 'url' | 'signingKey'>): Route[] {
  const open = { tag: 'ID tokens', ability: 'read_public', params: Type.Object({}) } as const;
  return [
    route({
      ...open,
      method: 'GET',
      path: '/.well-known/openid-configuration',
      summary: 'Who signs the tokens of jobs, and where the keys are',
      reply: Configuration,
      handler: async () => ({
        issuer: url(),
        jwks_uri: `${url()}/oauth/discovery/keys`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        scopes_supported: ['openid'],
        claims_supported: CLAIMS,
      }),
    }),
    route({
      ...open,
      method: 'GET',
      path: '/oauth/discovery/keys',
      summary: 'The keys that the tokens of jobs are signed with, as a JSON Web Key Set',
      reply: KeySet,
      handler: () => signingKey.keySet(),
    }),
  ];
}

import { Type } from 'typebox';
import { readApplicationSettings } from '../access/application-settings-store.ts';
import { PREFIX } from '../access/token.ts';
import { ApiError, apiError, badParameters, notFound } from '../errors.ts';
import { commaList } from '../http/parameters.ts';
import { Reply, route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { createRunner } from '../runners/create-runner.ts';
import { ownerOfRegistrationToken } from '../runners/registration-token.ts';
import { resetRunnerToken } from '../runners/reset-runner-token.ts';
import { ACCESS_LEVELS } from '../runners/runner-attributes.ts';
import { deleteManager, deleteRunner } from '../runners/runner-store.ts';
import { authenticateRunner, greetRunner } from './authenticate-runner.ts';
import { Info, runnerParams } from './parameters.ts';

const tag = 'Runner protocol';

const secret = {
  token: Type.String(),
  token_expires_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
};
const NewToken = Type.Object(secret, { additionalProperties: false });
const Registered = Type.Object({ id: Type.Integer(), ...secret }, { additionalProperties: false });

const isoOrNull = (time: number | null) => (time === null ? null : new Date(time).toISOString());

/** How a runner's program comes, says that it is there, and goes. */
export function registerRoutes(parts: Parts): Route[] {
  const { db, clock, waiting } = parts;
  return [
    route({
      method: 'POST',
      path: '/runners',
      summary: 'Register a runner with a registration token',
      tag,
      ability: 'registration_token',
      params: Type.Object({
        token: Type.String({ description: 'The registration token' }),
        description: Type.Optional(Type.String()),
        maintenance_note: Type.Optional(Type.String()),
        maintainer_note: Type.Optional(Type.String()),
        active: Type.Optional(Type.Boolean()),
        paused: Type.Optional(Type.Boolean()),
        locked: Type.Optional(Type.Boolean()),
        run_untagged: Type.Optional(Type.Boolean()),
        access_level: Type.Optional(Type.Enum([...ACCESS_LEVELS])),
        tag_list: Type.Optional(commaList()),
        maximum_timeout: Type.Optional(Type.Integer({ description: 'Seconds' })),
        info: Type.Optional(Info),
      }),
      reply: Registered,
      handler: async ({ params }) => {
        const { token, info, maintainer_note, maintenance_note, ...attributes } = params;
        const { allow_runner_registration_token } = await readApplicationSettings(db.read);
        if (!allow_runner_registration_token) throw apiError('gone', 'runner registration disallowed');
        const owner = await ownerOfRegistrationToken(db, token);
        if (!owner) throw apiError('forbidden');
        const note = maintenance_note ?? maintainer_note;
        const runner = await createRunner(
          db,
          owner,
          {
            ...attributes,
            ...(note === undefined ? {} : { maintenance_note: note }),
            name: info?.name ?? null,
            creator_id: null,
            prefix: PREFIX.registered,
          },
          clock(),
        );
        return { ...runner, token_expires_at: isoOrNull(runner.token_expires_at) };
      },
    }),
    route({
      method: 'POST',
      path: '/runners/verify',
      summary: "Say whether a runner's token is good",
      tag,
      ability: 'runner_token',
      status: 200,
      params: Type.Object(runnerParams),
      reply: Registered,
      handler: async ({ params, ip }) => {
        const { runner } = await greetRunner(parts, params, ip);
        const { id, token_expires_at } = runner;
        return { id, token: params.token, token_expires_at: isoOrNull(token_expires_at) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/runners',
      summary: 'Unregister a runner',
      tag,
      ability: 'runner_token',
      params: Type.Object({ token: Type.String() }),
      reply: null,
      handler: async ({ params }) => {
        const runner = await authenticateRunner(parts, params);
        await db.write((tx) => deleteRunner(tx, runner.id));
        waiting.release(runner.id);
      },
    }),
    route({
      method: 'DELETE',
      path: '/runners/managers',
      summary: 'Unregister one machine of a runner',
      tag,
      ability: 'runner_token',
      params: Type.Object({ token: Type.String(), system_id: Type.String() }),
      reply: null,
      handler: async ({ params }) => {
        if (params.system_id === '') throw badParameters(['system_id is empty']);
        const runner = await authenticateRunner(parts, params);
        if (!(await db.write((tx) => deleteManager(tx, runner.id, params.system_id))))
          throw notFound('Runner manager');
        waiting.release(runner.id);
      },
    }),
    route({
      method: 'POST',
      path: '/runners/reset_authentication_token',
      summary: "Exchange a runner's token for a new one",
      tag,
      ability: 'runner_token',
      params: Type.Object({ token: Type.String() }),
      reply: NewToken,
      handler: async ({ params: { token } }) => {
        const runner = await authenticateRunner(parts, { token });
        if (runner.is_owned === 0)
          throw new ApiError(422, { message: '422 Unprocessable Entity - Runner is orphaned' });
        const isLegacy = token.startsWith(PREFIX.registered);
        const kept = { token, token_expires_at: runner.token_expires_at };
        const made = await resetRunnerToken(db, runner, isLegacy, kept, clock());
        return { token: made.token, token_expires_at: isoOrNull(made.token_expires_at) };
      },
    }),
    route({
      method: 'GET',
      path: '/runners/router/discovery',
      summary: 'Say that there is no job router: runners ask for jobs here',
      tag,
      ability: 'runner_token',
      authenticate: false,
      params: Type.Object({}),
      reply: null,
      handler: async () => new Reply(501, { message: '501 Not Implemented' }),
    }),
  ];
}

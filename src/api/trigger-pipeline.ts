import { Type } from 'typebox';
import { apiError, badParameters } from '../errors.ts';
import { isHash } from '../http/nested.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import type { GivenVariable } from '../pipelines/create-pipeline.ts';
import { triggerPipeline } from '../triggers/trigger-pipeline.ts';
import { Pipeline, pipelineWhole } from './entities/pipeline.ts';
import { checkPipelineKeys } from './given-keys.ts';
import { pipelineOf, withArchived } from './pipelines.ts';

const Params = Type.Object(
  {
    id: subjectId,
    ref: filled(),
    token: Type.String({ description: 'A trigger token of the project, or the token of a running job' }),
    variables: Type.Optional(Type.Unknown({ description: 'A map of texts' })),
    inputs: Type.Optional(Type.Object({}, { additionalProperties: Type.Unknown() })),
  },
  // All of it is in TRIGGER_PAYLOAD: a webhook of another server may be what calls.
  { additionalProperties: Type.Unknown() },
);

/** How whoever has a token begins a pipeline; nobody else is asked for. */
export function triggerPipelineRoutes(parts: Parts): Route[] {
  const { db, clock, url, repositories, pipelineSettings, limits } = parts;
  const trigger = (path: string, summary: string) =>
    route({
      method: 'POST',
      path,
      summary,
      tag: 'Trigger tokens',
      ability: 'trigger_token',
      params: Params,
      reply: Pipeline,
      handler: async ({ params, headers }) => {
        // A pipeline that begins a pipeline as it ends would go on for ever.
        if (headers['x-gitlab-event'] === 'Pipeline Hook') throw apiError('forbidden');
        const { id, ref, token, variables, ...others } = params;
        const request = {
          project: id,
          ref,
          token,
          variables: [...variablesOf(variables), payloadOf({ id, ref, variables, ...others })],
          inputs: { ...params.inputs },
        };
        const made = await triggerPipeline(
          { db, repositories, settings: pipelineSettings(), limits },
          request,
          clock(),
        );
        const { project, pipeline } = made;
        const details = withArchived(await pipelineOf(db, project.id, pipeline.id), parts);
        return pipelineWhole(details, url(), project.path_with_namespace);
      },
    });
  return [
    trigger('/projects/:id/trigger/pipeline', 'Create a pipeline with a trigger token'),
    trigger('/projects/:id/ref/:ref+/trigger/pipeline', 'The same, with the ref in the path'),
  ];
}

/** @throws 400 for anything but a map of texts */
function variablesOf(given: unknown): GivenVariable[] {
  if (given === undefined || given === null) return [];
  if (!isHash(given)) throw badParameters(['variables is invalid']);
  const variables = Object.entries(given).map(([key, value]): GivenVariable => {
    if (typeof value !== 'string') throw apiError('plain', NO_MAP);
    if (key.trim() === '' || `${key}${value}`.includes('\0')) throw badParameters(['variables is invalid']);
    return { key, value, variable_type: 'env_var' };
  });
  checkPipelineKeys(variables);
  return variables;
}

const NO_MAP = 'variables needs to be a map of key-valued strings';

/** What the request has said, but for its token, as the file that jobs find. */
const payloadOf = (given: object): GivenVariable => ({
  key: 'TRIGGER_PAYLOAD',
  value: JSON.stringify(given),
  variable_type: 'file',
});

import { environmentVariables } from '../ci/environment-variables.ts';
import { expandAll } from '../ci/expand.ts';
import {
  jobVariables,
  persistedJobVariables,
  persistedPipelineVariables,
  pipelineVariables,
  projectVariables,
  runnerVariables,
  type Server,
  serverVariables,
  triggerVariables,
  userVariables,
} from '../ci/predefined.ts';
import { inEnvironment } from '../ci/stored-variable.ts';
import { mergeVariables, type Variable, variable } from '../ci/variable.ts';
import type { Job } from '../jobs/job-store.ts';
import { decrypt } from '../variables/encrypt.ts';
import { openVariables } from '../variables/open-variables.ts';
import type { PayloadParts } from './payload-store.ts';

/** What a job's variables are made of besides its rows. */
export interface VariableContext {
  server: Server;
  /** 32 bytes: stored variables are encrypted under it. */
  secret_key: Buffer;
  /** The job's token in the clear; null for a bridge, which no runner takes. */
  token: string | null;
  /** The message of the annotated tag, for a tag's pipeline. */
  tag_message: string | null;
  now: number;
}

/**
 * The variables of a job in their order, the later over the earlier: what the server knows, the runner,
 * the configuration, the user, what earlier jobs left in dotenv reports, the variables of the server, the groups and
 * the project that are for the job's environment, and what was given to the pipeline and to the job. References are
 * filled in as far as their values are known; the rest is the runner's to expand.
 */
export async function variablesOf(
  job: Job,
  parts: PayloadParts,
  context: VariableContext,
): Promise<Variable[]> {
  const merged = await unexpandedVariables(job, parts, context);
  const expansion = expandAll(merged, { unknown: 'keep', file_and_raw: 'keep' });
  // A loop that came in with variables given later than the pipeline: the runner passes it to the shell as it is.
  return expansion.variables ?? merged;
}

/** The same with the references as they were written. */
export async function unexpandedVariables(
  job: Job,
  parts: PayloadParts,
  context: VariableContext,
): Promise<Variable[]> {
  const { project, pipeline, commit } = parts;
  const { url } = context.server;
  const open = ({ key, value }: { key: string; value: string }) => ({
    key,
    value: decrypt(context.secret_key, value),
  });
  const { token, secret_key } = context;
  const matching = inEnvironment(parts.givenVariables, parts.environment?.name ?? null);
  const given = await openVariables(matching, secret_key);
  const started_at = job.started_at ?? context.now;
  return mergeVariables(
    persistedPipelineVariables(pipeline.id, project, url),
    token === null ? [] : persistedJobVariables({ id: job.id, token, started_at }, project, url),
    jobVariables({ ...job, instance: parts.spec.instance }),
    serverVariables(context.server),
    projectVariables(project, url),
    commit
      ? pipelineVariables({
          ...pipeline,
          tag: pipeline.tag === 1,
          protected: pipeline.protected === 1,
          tag_message: context.tag_message,
          schedule_description: parts.schedule_description,
          release_description: parts.release_description,
          below_merge_request: parts.below_merge_request,
          commit,
        })
      : [],
    parts.short_token === null ? [] : triggerVariables(parts.short_token),
    parts.runner
      ? runnerVariables({ ...parts.runner, tag_list: JSON.parse(parts.runner.tag_list) as string[] })
      : [],
    parts.spec.variables,
    parts.user ? userVariables(parts.user) : [],
    parts.dotenvVariables.map((row) => {
      const { key, value } = open(row);
      return variable(key, value, { public: false });
    }),
    given.map(({ environment_scope: _scope, ...sent }) => sent),
    parts.pipelineVariables.map((row) => {
      const { key, value } = open(row);
      return variable(key, value, { public: false, file: row.variable_type === 'file', raw: row.raw === 1 });
    }),
    parts.jobVariables.map((row) => {
      const { key, value } = open(row);
      return variable(key, value, { public: false });
    }),
    environmentOf(parts),
  );
}

function environmentOf({ environment, spec }: PayloadParts): Variable[] {
  if (!environment || !spec.environment) return [];
  const { action, url } = spec.environment;
  return environmentVariables({ ...environment, action, url: url ?? environment.external_url });
}

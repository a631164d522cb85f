import type { JWTPayload } from 'jose';
import { expandAll, expand } from '../ci/expand.ts';
import { type Variable, variable } from '../ci/variable.ts';
import type { Database } from '../db/database.ts';
import type { SigningKey } from '../id-tokens/signing-key.ts';
import type { Job } from '../jobs/job-store.ts';
import { accessLevelName } from '../projects/user-role.ts';
import { elsewhere } from './configuration-elsewhere.ts';
import type { PayloadParts } from './payload-store.ts';

export interface IdTokenContext {
  key: SigningKey;
  /** The address of this server, which the tokens name as their issuer. */
  url: string;
  /** What `aud` may refer to. */
  variables: readonly Variable[];
  /** For how long the tokens are good: seconds that the job may take. */
  timeout: number;
  now: number;
}

/** The tokens of a job's `id_tokens`, as masked variables for it alone; each says by whom and what it is run for. */
export async function idTokenVariables(
  db: Database,
  job: Job,
  parts: PayloadParts,
  { key, url, variables, timeout, now }: IdTokenContext,
): Promise<Variable[]> {
  const wanted = Object.entries(parts.spec.id_tokens ?? {});
  if (wanted.length === 0) return [];
  const blank = { unknown: 'blank' } as const;
  const known = expandAll(variables, blank).variables ?? variables;
  const fillIn = (text: string) => expand(text, known, blank);
  const claims = await claimsOf(db, job, parts, url, now);
  const tokens: Variable[] = [];
  // One after the other: a job may want thousands, and files wait for the same threads.
  for (const [name, { aud }] of wanted) {
    const audience = typeof aud === 'string' ? fillIn(aud) : aud.map(fillIn);
    const token = await key.sign({ ...claims, aud: audience }, now, timeout);
    tokens.push(variable(name, token, { public: false, masked: true }));
  }
  return tokens;
}

/** What is said of the job. Ids are texts, as GitLab has them, but for the runner's. */
async function claimsOf(
  db: Database,
  job: Job,
  { project, pipeline, user, environment, spec }: PayloadParts,
  url: string,
  now: number,
): Promise<JWTPayload> {
  const namespace_path = project.path_with_namespace.slice(0, project.path_with_namespace.lastIndexOf('/'));
  const place = { namespace_path, project_path: project.path_with_namespace };
  const ids = { namespace_id: `${project.namespace_id}`, project_id: `${project.id}` };
  const ref_type = job.tag === 1 ? 'tag' : 'branch';
  const ref_path = `refs/${job.tag === 1 ? 'tags' : 'heads'}/${job.ref}`;
  const file = project.ci_config_path || '.gitlab-ci.yml';
  const configuration = {
    ci_config_ref_uri: `${new URL(url).host}/${place.project_path}//${file}@${ref_path}`,
    ci_config_sha: pipeline.sha,
  };
  return {
    iss: url,
    sub: `project_path:${place.project_path}:ref_type:${ref_type}:ref:${job.ref}`,
    ...ids,
    ...place,
    job_namespace_id: ids.namespace_id,
    job_namespace_path: place.namespace_path,
    job_project_id: ids.project_id,
    job_project_path: place.project_path,
    ...(user && {
      user_id: `${user.id}`,
      user_login: user.username,
      user_email: user.email,
      user_access_level: await accessLevelName(db.read, user.id, project, now),
    }),
    pipeline_id: `${pipeline.id}`,
    pipeline_source: pipeline.source,
    job_id: `${job.id}`,
    ref: job.ref,
    ref_type,
    ref_path,
    ref_protected: `${job.protected === 1}`,
    ...(environment && {
      environment: environment.name,
      environment_protected: 'false',
      deployment_tier: environment.tier,
      environment_action: spec.environment?.action,
    }),
    runner_id: job.runner_id,
    runner_environment: 'self-hosted',
    sha: pipeline.sha,
    project_visibility: project.visibility,
    // The configuration of a child pipeline, or one from elsewhere, is no file at a ref of the project that could be named.
    ...(pipeline.source !== 'parent_pipeline' && !elsewhere(file) && configuration),
  };
}

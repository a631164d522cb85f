import { type TProperties, type TSchema, Type } from 'typebox';
import { ARTIFACT_TYPES } from '../artifacts/artifact-types.ts';
import { FAILURE_REASONS } from '../jobs/failure-reason.ts';

const entity = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Texts = Type.Array(Type.String());

const Variable = entity({
  key: Type.String(),
  value: Type.String(),
  public: Type.Boolean(),
  file: Type.Boolean(),
  masked: Type.Boolean(),
  raw: Type.Boolean(),
});

const image = {
  name: Type.String(),
  entrypoint: nullable(Texts),
  ports: Type.Array(entity({}), { maxItems: 0 }),
  pull_policy: nullable(Type.Array(Type.Enum(['always', 'never', 'if-not-present']))),
  executor_opts: entity({
    docker: Type.Optional(
      entity({ platform: Type.Optional(Type.String()), user: Type.Optional(Type.String()) }),
    ),
    kubernetes: Type.Optional(entity({ user: Type.Optional(Type.String()) })),
  }),
};

/**
 * The job as a runner reads it. GitLab's runner decodes it into fixed types and loses the whole job over
 * one that differs, so the tests compare every hand-out with this.
 */
export const JobPayload = entity({
  id: Type.Integer({ minimum: 1 }),
  token: Type.String(),
  allow_git_fetch: Type.Boolean(),
  job_info: entity({
    id: Type.Integer(),
    name: Type.String(),
    stage: Type.String(),
    pipeline_id: Type.Integer(),
    project_id: Type.Integer(),
    project_name: Type.String(),
    project_full_path: Type.String(),
    namespace_id: Type.Integer(),
    root_namespace_id: Type.Integer(),
    organization_id: Type.Integer(),
    instance_id: Type.String(),
    instance_uuid: Type.String({ format: 'uuid' }),
    user_id: nullable(Type.Integer()),
    scoped_user_id: Type.Null(),
    time_in_queue_seconds: Type.Number(),
    project_jobs_running_on_instance_runners_count: Type.String(),
  }),
  git_info: entity({
    repo_url: Type.String(),
    ref: Type.String(),
    sha: Type.String({ minLength: 8 }),
    before_sha: Type.String(),
    ref_type: Type.Enum(['branch', 'tag']),
    refspecs: Texts,
    depth: Type.Integer({ description: '0: everything' }),
    repo_object_format: Type.Enum(['sha1']),
    protected: Type.Boolean(),
  }),
  runner_info: entity({
    timeout: Type.Integer({ minimum: 1, description: 'Seconds' }),
    runner_session_url: Type.Null(),
  }),
  variables: Type.Array(Variable),
  steps: Type.Array(
    entity({
      name: Type.String(),
      script: Texts,
      timeout: Type.Integer({ description: 'Seconds' }),
      when: Type.Enum(['on_success', 'on_failure', 'always']),
      allow_failure: Type.Boolean(),
    }),
  ),
  hooks: Type.Array(entity({ name: Type.Enum(['pre_get_sources_script']), script: Texts })),
  run: Type.Optional(Type.String({ description: 'The steps of `run` as JSON' })),
  inputs: Type.Optional(
    Type.Array(
      entity({
        key: Type.String(),
        value: entity({ type: Type.String(), content: Type.Unknown(), sensitive: Type.Boolean() }),
      }),
    ),
  ),
  image: nullable(entity(image)),
  services: Type.Array(
    entity({
      ...image,
      alias: nullable(Type.String()),
      command: nullable(Texts),
      variables: Type.Array(Variable),
    }),
  ),
  artifacts: Type.Array(
    entity({
      name: Type.Optional(Type.String()),
      untracked: Type.Optional(Type.Boolean()),
      paths: Type.Optional(Texts),
      exclude: Type.Optional(Texts),
      when: Type.Enum(['on_success', 'on_failure', 'always']),
      expire_in: Type.Optional(Type.String()),
      artifact_type: Type.Enum(ARTIFACT_TYPES),
      artifact_format: Type.Enum(['zip', 'gzip', 'raw']),
    }),
  ),
  cache: Type.Array(
    entity({
      key: Type.String(),
      untracked: Type.Boolean(),
      paths: Texts,
      policy: Type.String(),
      when: Type.Enum(['on_success', 'on_failure', 'always']),
      fallback_keys: Texts,
    }),
  ),
  credentials: Type.Array(entity({}), { maxItems: 0 }),
  dependencies: Type.Array(
    entity({
      id: Type.Integer(),
      token: Type.String(),
      name: Type.String(),
      artifacts_file: entity({ filename: Type.String(), size: Type.Integer() }),
    }),
  ),
  features: entity({
    trace_sections: Type.Boolean(),
    token_mask_prefixes: Texts,
    failure_reasons: Type.Array(Type.Enum([...FAILURE_REASONS])),
  }),
});

/** What the server hands out: the reply to `POST /jobs/request`, with every absent list made empty. */
export interface Job {
  id: number;
  token: string;
  allow_git_fetch: boolean;
  job_info: { name: string; stage: string; project_id: number; project_name: string };
  git_info: GitInfo;
  runner_info: { timeout: number };
  variables: Variable[];
  steps: Step[];
  hooks: { name: string; script: string[] }[];
  image: Image | undefined;
  services: Service[];
  artifacts: ArtifactEntry[];
  cache: CacheEntry[];
  credentials: { password: string }[];
  dependencies: Dependency[];
  features: { trace_sections: boolean; token_mask_prefixes: string[]; failure_reasons: string[] };
}

export interface GitInfo {
  repo_url: string;
  ref: string;
  sha: string;
  ref_type: string;
  refspecs: string[];
  depth: number;
  repo_object_format: string;
}

export interface Variable {
  key: string;
  value: string;
  /** Services get it too. */
  public?: boolean;
  file: boolean;
  masked: boolean;
  raw: boolean;
}

/** What a container is made of; what is not said is empty. */
export interface Image {
  name: string;
  entrypoint: string[];
  pull_policy: string[];
  user: string;
  platform: string;
}

export interface Service extends Image {
  alias: string[];
  command: string[];
  variables: Variable[];
}

export interface Step {
  name: string;
  script: string[];
  when: string;
  allow_failure: boolean;
}

export interface ArtifactEntry {
  name: string;
  untracked: boolean;
  paths: string[];
  exclude: string[];
  when: string;
  artifact_type: string;
  artifact_format: string;
  expire_in: string;
}

export interface CacheEntry {
  key: string;
  untracked: boolean;
  paths: string[];
  policy: string;
  when: string;
  fallback_keys: string[];
}

export interface Dependency {
  id: number;
  token: string;
  name: string;
  artifacts_file: { filename: string; size: number };
}

/**
 * Reads a job from the server's JSON. Fields this runner does not use are dropped, null and absent ones get
 * GitLab's default.
 * @throws Error that names the field which is unusable.
 */
export function decodeJob(json: unknown): Job {
  const job = object(json);
  const info = object(job['job_info']);
  const git = object(job['git_info']);
  const features = object(job['features']);
  const timeout = number(object(job['runner_info'])['timeout']);
  const id = number(job['id']);
  const token = text(job['token']);
  if (!(Number.isSafeInteger(id) && id > 0)) throw new Error('the job has no usable id');
  if (!token) throw new Error(`job ${id} has no token`);
  return {
    id,
    token,
    allow_git_fetch: job['allow_git_fetch'] === true,
    job_info: {
      name: text(info['name']),
      stage: text(info['stage']),
      project_id: number(info['project_id']),
      project_name: text(info['project_name']),
    },
    git_info: {
      repo_url: text(git['repo_url']),
      ref: text(git['ref']),
      sha: text(git['sha']),
      ref_type: text(git['ref_type']),
      refspecs: list(git['refspecs']).map(text),
      depth: number(git['depth']),
      repo_object_format: text(git['repo_object_format']) || 'sha1',
    },
    runner_info: { timeout: timeout > 0 ? timeout : 7200 },
    variables: list(job['variables']).map(object).map(variable),
    steps: list(job['steps']).map(object).map(step),
    hooks: list(job['hooks'])
      .map(object)
      .map((hook) => ({ name: text(hook['name']), script: list(hook['script']).map(text) })),
    image: text(object(job['image'])['name']) ? image(object(job['image'])) : undefined,
    services: list(job['services']).map(object).map(service),
    artifacts: list(job['artifacts']).map(object).map(artifact),
    cache: list(job['cache']).map(object).map(cache),
    credentials: list(job['credentials'])
      .map(object)
      .map((credential) => ({ password: text(credential['password']) })),
    dependencies: list(job['dependencies']).map(object).map(dependency),
    features: {
      trace_sections: features['trace_sections'] === true,
      token_mask_prefixes: list(features['token_mask_prefixes']).map(text),
      failure_reasons: list(features['failure_reasons']).map(text),
    },
  };
}

type Fields = Record<string, unknown>;

function variable(fields: Fields): Variable {
  return {
    key: text(fields['key']),
    value: text(fields['value']),
    public: fields['public'] === true,
    file: fields['file'] === true,
    masked: fields['masked'] === true,
    raw: fields['raw'] === true,
  };
}

function image(fields: Fields): Image {
  const docker = object(object(fields['executor_opts'])['docker']);
  return {
    name: text(fields['name']),
    entrypoint: list(fields['entrypoint']).map(text),
    pull_policy: list(fields['pull_policy']).map(text),
    user: text(docker['user']),
    platform: text(docker['platform']),
  };
}

function service(fields: Fields): Service {
  return {
    ...image(fields),
    alias: text(fields['alias'])
      .split(/[\s,]+/)
      .filter(Boolean),
    command: list(fields['command']).map(text),
    variables: list(fields['variables']).map(object).map(variable),
  };
}

function step(fields: Fields): Step {
  return {
    name: text(fields['name']),
    script: list(fields['script']).map(text),
    when: text(fields['when']) || 'on_success',
    allow_failure: fields['allow_failure'] === true,
  };
}

function artifact(fields: Fields): ArtifactEntry {
  return {
    name: text(fields['name']),
    untracked: fields['untracked'] === true,
    paths: list(fields['paths']).map(text),
    exclude: list(fields['exclude']).map(text),
    when: text(fields['when']) || 'on_success',
    artifact_type: text(fields['artifact_type']) || 'archive',
    artifact_format: text(fields['artifact_format']) || 'zip',
    expire_in: text(fields['expire_in']),
  };
}

function cache(fields: Fields): CacheEntry {
  return {
    key: text(fields['key']),
    untracked: fields['untracked'] === true,
    paths: list(fields['paths']).map(text),
    policy: text(fields['policy']) || 'pull-push',
    when: text(fields['when']) || 'on_success',
    fallback_keys: list(fields['fallback_keys']).map(text),
  };
}

function dependency(fields: Fields): Dependency {
  const file = object(fields['artifacts_file']);
  return {
    id: number(fields['id']),
    token: text(fields['token']),
    name: text(fields['name']),
    artifacts_file: { filename: text(file['filename']), size: number(file['size']) },
  };
}

function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

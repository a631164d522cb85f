/**
 * The keys under which replies are kept. What an event of the stream makes stale is found by their beginnings,
 * so a key starts with what it is about: `['project', path, 'pipelines', …]`.
 */
export const keys = {
  session: ['session'] as const,
  projects: (...rest: unknown[]) => ['projects', ...rest] as const,
  groups: (...rest: unknown[]) => ['groups', ...rest] as const,
  /** All groups: an event names one by its number. */
  anyGroup: ['group'] as const,
  group: (fullPath: string, ...rest: unknown[]) => ['group', fullPath, ...rest] as const,
  project: (fullPath: string, ...rest: unknown[]) => ['project', fullPath, ...rest] as const,
  pipelines: (fullPath: string, ...rest: unknown[]) => ['project', fullPath, 'pipelines', ...rest] as const,
  pipeline: (fullPath: string, id: number, ...rest: unknown[]) =>
    ['project', fullPath, 'pipeline', id, ...rest] as const,
  /** All jobs of a pipeline. It is large, so what it shows is patched by events: not one of `pipeline`. */
  graph: (fullPath: string, id: number) => ['project', fullPath, 'graph', id] as const,
  jobs: (fullPath: string, ...rest: unknown[]) => ['project', fullPath, 'jobs', ...rest] as const,
  job: (fullPath: string, id: number, ...rest: unknown[]) =>
    ['project', fullPath, 'job', id, ...rest] as const,
  repository: (fullPath: string, ...rest: unknown[]) => ['project', fullPath, 'repository', ...rest] as const,
  /** All runners, whosever: one of a group shows on the pages of its projects. */
  anyRunners: ['runners'] as const,
  /** `owner`: `project:a/b`, `group:a` or `instance`. */
  runners: (owner: string, ...rest: unknown[]) => ['runners', owner, ...rest] as const,
  variables: (owner: string, ...rest: unknown[]) => ['variables', owner, ...rest] as const,
} as const;

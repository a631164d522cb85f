import type { BuildFolder } from './build-folder.ts';
import type { Job, Variable } from './job-payload.ts';
import { goArchitecture, VERSION } from './runner-info.ts';

/** Where commands are looked for, unless the job says otherwise. */
export const PLAIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where the runner runs a job: which of its numbered places. */
export interface Place {
  folder: BuildFolder;
  builds: string;
  /** Number among all jobs of this runner, and among those of the project. */
  concurrent_id: number;
  concurrent_project_id: number;
  short_token: string;
  /** Where commands are looked for. */
  path: string;
}

/**
 * What the runner adds to a job's variables. Nothing is taken from the runner's own environment. The job may
 * override `before`, and not `after`.
 */
export function ownVariables(
  job: Job,
  place: Place,
): { before: Record<string, string>; after: Record<string, string> } {
  return {
    before: {
      PATH: place.path,
      HOME: place.folder.home,
      LANG: 'C.UTF-8',
      CI_RUNNER_SHORT_TOKEN: place.short_token,
      CI_BUILDS_DIR: place.builds,
      CI_PROJECT_DIR: place.folder.project,
      CI_CONCURRENT_ID: String(place.concurrent_id),
      CI_CONCURRENT_PROJECT_ID: String(place.concurrent_project_id),
      CI_SERVER: 'yes',
      CI_JOB_STATUS: 'running',
      CI_JOB_TIMEOUT: String(job.runner_info.timeout),
    },
    after: {
      CI_SHARED_ENVIRONMENT: 'true',
      CI_RUNNER_VERSION: VERSION,
      CI_RUNNER_REVISION: VERSION,
      CI_RUNNER_EXECUTABLE_ARCH: `linux/${goArchitecture()}`,
      RUNNER_TEMP_PROJECT_DIR: place.folder.temp,
      GITLAB_ENV: place.folder.envFile,
      // The step `release` leaves what it would have released there, and the runner does it.
      JOBYARD_RELEASE: place.folder.release,
    },
  };
}

/** The name of the job's image, as if the server had sent it: it may refer to what the server sends. */
export function imageVariable({ image }: Job): Variable[] {
  if (!image) return [];
  return [{ key: 'CI_JOB_IMAGE', value: image.name, public: true, file: false, masked: false, raw: false }];
}

/** The first nine characters of the runner's token that follow its prefix: they tell runners apart in names. */
export function shortToken(token: string): string {
  return token.replace(/^glrt-(t[123]_)?|^t[123]_|^glrtr-/, '').slice(0, 9);
}

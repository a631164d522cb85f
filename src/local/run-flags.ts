import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { StartError } from '../errors.ts';
import {
  type Flag,
  flagLines,
  oneOf,
  PIPELINE_FLAGS,
  type PipelineFlags,
  readFlags,
  readPipelineFlags,
  type ServerFlag,
  serverOf,
} from './flags.ts';

/** What `jobyard run` is asked for. */
export interface RunFlags extends PipelineFlags {
  folder: string;
  /** Names of jobs; none: all of them. */
  jobs: string[];
  /** Jobs that are started though they wait for somebody. */
  manual: string[];
  list: boolean;
  json: boolean;
  /** Whose variables and includes are taken. */
  server: ServerFlag | null;
  concurrency: number;
  engine: 'auto' | 'podman' | 'docker' | 'off';
}

const ENGINES = ['auto', 'podman', 'docker', 'off'] as const;

const FLAGS = [
  { name: 'list', help: 'list the jobs of the pipeline, and run none' },
  { name: 'json', help: 'print what came of it, or the list, as JSON' },
  ...PIPELINE_FLAGS,
  {
    name: 'manual',
    value: 'JOB',
    help: 'start this manual or delayed job when its turn comes; several times',
  },
  { name: 'server', value: 'URL', help: 'take variables and includes from this Jobyard or GitLab' },
  { name: 'token', value: 'TOKEN', help: 'of whoever may read them there  [JOBYARD_TOKEN]' },
  { name: 'concurrency', value: 'N', help: 'jobs that run at once (the cores)' },
  { name: 'engine', value: 'ENGINE', help: `what runs jobs with an image: ${ENGINES.join(', ')} (auto)` },
] as const satisfies readonly Flag[];

export const RUN_HELP = `Usage: jobyard run [DIR] [JOB…] [FLAGS]

Runs the pipeline of the work tree DIR (here) as it is, uncommitted changes included, on this machine; or only
the jobs named, with those they need. Logs, artifacts and caches are kept in DIR/.jobyard.

Flags:
${flagLines(FLAGS)}

Ends with 0 when the pipeline succeeded, 1 when it failed, 2 when it could not be begun, 130 after Ctrl-C.`;

/**
 * Reads the arguments of `jobyard run`.
 * @param here the folder that relative paths begin at
 * @throws StartError naming every mistake at once
 */
export function readRunFlags(
  argv: readonly string[],
  here: string,
  environment: Record<string, string>,
): RunFlags {
  const problems: string[] = [];
  const given = readFlags(argv, FLAGS, problems);
  const { all, last } = given;
  const { folder, jobs } = places(given.words, here, problems);
  const flags: RunFlags = {
    folder,
    jobs,
    ...readPipelineFlags(given, environment, problems),
    manual: all('manual'),
    list: last('list') !== undefined,
    json: last('json') !== undefined,
    server: serverOf(
      last('server'),
      last('token') ?? environment['JOBYARD_TOKEN'],
      { needsToken: true },
      problems,
    ),
    concurrency: Number(last('concurrency') ?? availableParallelism()),
    engine: oneOf('engine', last('engine'), ENGINES, 'auto', problems),
  };
  if (!/^[1-9]\d{0,2}$/.test(String(flags.concurrency)))
    problems.push('--concurrency must be a whole number from 1 to 999');
  if (problems.length > 0) throw new StartError(`${problems.join('; ')}. See: jobyard run --help`);
  return flags;
}

/** The first word is a folder when it looks like one, or has a pipeline or a repository; a job may be called as a folder. */
function places(words: readonly string[], here: string, problems: string[]) {
  const [first, ...rest] = words;
  if (first === undefined) return { folder: here, jobs: [] };
  const path = resolve(here, first);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (isFolder && ['.gitlab-ci.yml', '.git'].some((name) => existsSync(join(path, name))))
    return { folder: path, jobs: rest };
  if (!/^(\.{0,2}\/|\.{1,2}$)/.test(first)) return { folder: here, jobs: [...words] };
  if (!isFolder) problems.push(`${first} is no folder`);
  return { folder: path, jobs: rest };
}

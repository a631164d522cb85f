import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from '../errors.ts';
import { isBranchName } from '../git/ref-name.ts';

/** What `jobyard run` is asked for. */
export interface RunFlags {
  folder: string;
  /** Names of jobs; none: all of them. */
  jobs: string[];
  event: Event;
  /** Null: what is checked out. */
  ref: { name: string; tag: boolean } | null;
  variables: [key: string, value: string][];
  inputs: Record<string, string>;
  /** Jobs that are started though they wait for somebody. */
  manual: string[];
  list: boolean;
  json: boolean;
  /** Whose variables and includes are taken. */
  server: { url: string; token: string } | null;
  concurrency: number;
  engine: 'auto' | 'podman' | 'docker' | 'off';
}

const EVENTS = [
  'push',
  'web',
  'api',
  'schedule',
  'trigger',
  'pipeline',
  'merge_request_event',
  'external',
  'chat',
  'webide',
] as const;
export type Event = (typeof EVENTS)[number];
const ENGINES = ['auto', 'podman', 'docker', 'off'] as const;

interface Flag {
  name: string;
  /** Absent: a switch. */
  value?: string;
  help: string;
}

const FLAGS = [
  { name: 'list', help: 'list the jobs of the pipeline, and run none' },
  { name: 'json', help: 'print what came of it, or the list, as JSON' },
  { name: 'event', value: 'SOURCE', help: `what begins the pipeline: ${EVENTS.join(', ')} (push)` },
  { name: 'ref', value: 'REF', help: 'branch to run as, or refs/tags/NAME (what is checked out)' },
  { name: 'var', value: 'KEY=VALUE', help: 'a variable of the pipeline; several times' },
  { name: 'input', value: 'NAME=VALUE', help: 'an input of the pipeline; several times' },
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
type FlagName = (typeof FLAGS)[number]['name'];

export const RUN_HELP = `Usage: jobyard run [DIR] [JOB…] [FLAGS]

Runs the pipeline of the work tree DIR (here) as it is, uncommitted changes included, on this machine; or only
the jobs named, with those they need. Logs, artifacts and caches are kept in DIR/.jobyard.

Flags:
${FLAGS.map((flag) => `  ${`--${flag.name}${'value' in flag ? ` ${flag.value}` : ''}`.padEnd(24)}${flag.help}`).join('\n')}

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
  const { words, given } = split(argv, problems);
  const last = (name: FlagName) => given.get(name)?.at(-1);
  const pairs = (name: FlagName, key: RegExp) =>
    (given.get(name) ?? []).flatMap((text): [string, string][] => {
      const [, before = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
      if (key.test(before)) return [[before, value]];
      problems.push(
        `--${name} is ${JSON.stringify(text)}, but must be ${name === 'var' ? 'KEY' : 'NAME'}=VALUE`,
      );
      return [];
    });
  const oneOf = <T extends string>(name: FlagName, all: readonly T[], fallback: T): T => {
    const text = last(name);
    const found = all.find((each) => each === text);
    if (text !== undefined && found === undefined)
      problems.push(`--${name} is ${JSON.stringify(text)}, but must be one of ${all.join(', ')}`);
    return found ?? fallback;
  };
  const { folder, jobs } = places(words, here, problems);
  const flags: RunFlags = {
    folder,
    jobs,
    event: oneOf('event', EVENTS, 'push'),
    ref: refOf(last('ref'), problems),
    variables: pairs('var', /^[A-Za-z_]\w*$/),
    inputs: Object.fromEntries(pairs('input', /\S/)),
    manual: given.get('manual') ?? [],
    list: given.has('list'),
    json: given.has('json'),
    server: serverOf(last('server'), last('token') ?? environment['JOBYARD_TOKEN'], problems),
    concurrency: Number(last('concurrency') ?? availableParallelism()),
    engine: oneOf('engine', ENGINES, 'auto'),
  };
  if (!/^[1-9]\d{0,2}$/.test(String(flags.concurrency)))
    problems.push('--concurrency must be a whole number from 1 to 999');
  if (problems.length > 0) throw new StartError(`${problems.join('; ')}. See: jobyard run --help`);
  return flags;
}

const typeOf = ({ value }: Flag) => (value === undefined ? 'boolean' : 'string');

function split(argv: readonly string[], problems: string[]) {
  const options = Object.fromEntries(FLAGS.map((flag) => [flag.name, { type: typeOf(flag) } as const]));
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const given = new Map<FlagName, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag: Flag | undefined = FLAGS.find(({ name }) => name === token.name);
    if (!flag) problems.push(`${token.rawName} is not a flag`);
    else if ((flag.value === undefined) !== (token.value === undefined))
      problems.push(`${token.rawName} ${flag.value === undefined ? 'takes no value' : 'needs a value'}`);
    else {
      const name = flag.name as FlagName;
      given.set(name, [...(given.get(name) ?? []), token.value ?? '']);
    }
  }
  return { words, given };
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

function refOf(text: string | undefined, problems: string[]): RunFlags['ref'] {
  if (text === undefined) return null;
  const tag = text.startsWith('refs/tags/');
  const name = text.replace(/^refs\/(heads|tags)\//, '');
  if (!isBranchName(name)) problems.push(`--ref is ${JSON.stringify(text)}, which no branch can be called`);
  return { name, tag };
}

function serverOf(
  url: string | undefined,
  token: string | undefined,
  problems: string[],
): RunFlags['server'] {
  if (url === undefined) return null;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    problems.push('--server must be an http:// or https:// address');
  if (!token) problems.push('--server needs --token TOKEN or JOBYARD_TOKEN');
  return { url: url.replace(/\/+$/, ''), token: token ?? '' };
}

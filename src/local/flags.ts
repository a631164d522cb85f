import { parseArgs } from 'node:util';
import { isBranchName } from '../git/ref-name.ts';

/** A flag of a command of the command line. */
export interface Flag {
  name: string;
  /** Absent: a switch. */
  value?: string;
  help: string;
}

/** What may begin a pipeline. */
export const EVENTS = [
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

/** What a pipeline is asked for with, whatever becomes of it. */
export const PIPELINE_FLAGS = [
  { name: 'event', value: 'SOURCE', help: `what begins the pipeline: ${EVENTS.join(', ')} (push)` },
  { name: 'ref', value: 'REF', help: 'branch to run as, or refs/tags/NAME (what is checked out)' },
  {
    name: 'var',
    value: 'KEY[=VALUE]',
    help: 'a variable of the pipeline, else as it is here; several times',
  },
  { name: 'input', value: 'NAME=VALUE', help: 'an input of the pipeline; several times' },
] as const satisfies readonly Flag[];

/** The same once it is read. */
export interface PipelineFlags {
  event: Event;
  /** Null: what is checked out. */
  ref: { name: string; tag: boolean } | null;
  variables: [key: string, value: string][];
  inputs: Record<string, string>;
}

/** A line of help for each. */
export const flagLines = (flags: readonly Flag[]) =>
  flags
    .map(({ name, value, help }) => `  ${`--${name}${value ? ` ${value}` : ''}`.padEnd(24)}${help}`)
    .join('\n');

/** The arguments of a command, apart. */
export interface Arguments<Name extends string> {
  /** Those that are no flags. */
  words: string[];
  /** Every value of a flag, in order. */
  all: (name: Name) => string[];
  /** Its last; empty for a switch that is given, undefined for what is not. */
  last: (name: Name) => string | undefined;
}

/** Reads the arguments; what is wrong with them is added to `problems`. */
export function readFlags<const F extends Flag>(
  argv: readonly string[],
  flags: readonly F[],
  problems: string[],
): Arguments<F['name']> {
  const options = Object.fromEntries(flags.map((flag) => [flag.name, { type: typeOf(flag) } as const]));
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag: Flag | undefined = flags.find(({ name }) => name === token.name);
    if (!flag) problems.push(`${token.rawName} is not a flag`);
    else if ((flag.value === undefined) !== (token.value === undefined))
      problems.push(`${token.rawName} ${flag.value === undefined ? 'takes no value' : 'needs a value'}`);
    else given.set(flag.name, [...(given.get(flag.name) ?? []), token.value ?? '']);
  }
  const all = (name: string) => given.get(name) ?? [];
  return { words, all, last: (name) => all(name).at(-1) };
}

const typeOf = ({ value }: Flag) => (value === undefined ? 'boolean' : 'string');

/** `environment`: where the values of variables are that are given by their names alone. */
export function readPipelineFlags(
  { all, last }: Arguments<(typeof PIPELINE_FLAGS)[number]['name']>,
  environment: Record<string, string>,
  problems: string[],
): PipelineFlags {
  const withValue = (text: string) => {
    const value = environment[text];
    return value === undefined || text.includes('=') ? text : `${text}=${value}`;
  };
  return {
    event: oneOf('event', last('event'), EVENTS, 'push', problems),
    ref: refOf(last('ref'), problems),
    variables: pairs('--var', 'KEY', all('var').map(withValue), /^[A-Za-z_]\w*$/, problems),
    inputs: Object.fromEntries(pairs('--input', 'NAME', all('input'), /\S/, problems)),
  };
}

export function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  all: readonly T[],
  fallback: T,
  problems: string[],
): T {
  const found = all.find((each) => each === text);
  if (text !== undefined && found === undefined)
    problems.push(`--${name} is ${JSON.stringify(text)}, but must be one of ${all.join(', ')}`);
  return found ?? fallback;
}

function pairs(flag: string, word: string, texts: string[], key: RegExp, problems: string[]) {
  return texts.flatMap((text): [string, string][] => {
    const [, before = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (key.test(before)) return [[before, value]];
    const isName = flag === '--var' && key.test(text);
    problems.push(
      isName
        ? `--var ${text} has no value, and here is none: --var ${text}=VALUE`
        : `${flag} is ${JSON.stringify(text)}, but must be ${word}=VALUE`,
    );
    return [];
  });
}

function refOf(text: string | undefined, problems: string[]): PipelineFlags['ref'] {
  if (text === undefined) return null;
  const tag = text.startsWith('refs/tags/');
  const name = text.replace(/^refs\/(heads|tags)\//, '');
  if (!isBranchName(name)) problems.push(`--ref is ${JSON.stringify(text)}, which no branch can be called`);
  return { name, tag };
}

/** A server that is asked, by its address. */
export interface ServerFlag {
  url: string;
  /** Empty: nobody's. */
  token: string;
}

export function serverOf(
  url: string | undefined,
  token: string | undefined,
  { needsToken }: { needsToken: boolean },
  problems: string[],
): ServerFlag | null {
  if (url === undefined) return null;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    problems.push('--server must be an http:// or https:// address');
  if (needsToken && !token) problems.push('--server needs --token TOKEN or JOBYARD_TOKEN');
  return { url: url.replace(/\/+$/, ''), token: token ?? '' };
}

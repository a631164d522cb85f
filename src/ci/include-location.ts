import { durationSeconds } from './duration.ts';
import { expand } from './expand.ts';
import { refuse, type Position } from './problem.ts';
import type { Variable } from './variable.ts';
import { at, isBoolean, isString, toJson, type YamlMapping, type YamlNode } from './yaml-node.ts';

/** One file that is to be included, its variables filled in. */
export type Location = { position: Position } & (
  | { kind: 'local'; path: string }
  | { kind: 'project'; project: string; ref: string | null; path: string }
  | { kind: 'remote'; url: string; /** As written, null: any. */ integrity: string | null; cache: number }
  | { kind: 'template'; name: string }
  | { kind: 'component'; address: string }
  | { kind: 'artifact'; path: string; /** Empty: none is named. */ job: string }
);

const SUBKEYS = ['local', 'project', 'remote', 'template', 'component', 'artifact'] as const;
/** Of `spec:include`. */
const HEADER_SUBKEYS = ['local', 'remote', 'project'] as const;
const YAML_EXTENSION = /[^/]\.(yml|yaml)$/i;
const HTTP = /^https?:\/\//i;
const HOUR = 3600;
const SHORTEST_CACHE = 60;

const fail = (message: string, position: Position): never => refuse('include', message, position, 'include');

/** What is wrong with the keys that say which kind of include it is: there has to be one. */
export function subkeyProblem(item: YamlMapping, inHeader = false): string | null {
  const [what, subkeys] = inHeader
    ? (['header include', HEADER_SUBKEYS] as const)
    : (['include', SUBKEYS] as const);
  const list = subkeys.map((key) => `\`${key}\``).join(', ');
  const used = subkeys.filter((key) => item.entries.has(key));
  if (used.length > 1) return `Each ${what} must use only one of: ${list}`;
  if (used.length === 1) return null;
  const quoted = JSON.stringify(toJson(item));
  return `\`${quoted}\` does not have a valid subkey for ${what}. Valid subkeys are: ${list}`;
}

/** Checks that an item is a text or a mapping, which is all that its rules ask of it. */
export function checkItem(item: YamlNode): YamlMapping | (YamlNode & { value: string }) {
  if (item.kind === 'mapping' || isString(item)) return item;
  return fail('Each include must be a hash or a string', item.position);
}

/** The files that one item of `include` names, several where it has a list of them; wildcards are left as they are. */
export function readLocations(
  item: YamlNode,
  variables: readonly Variable[],
  { inHeader = false } = {},
): Location[] {
  const fillIn = (text: string) => expand(text, variables, { unknown: 'blank' });
  const { position } = item;
  if (isString(item)) {
    const text = fillIn(item.value);
    return [
      HTTP.test(text)
        ? { kind: 'remote', url: text, integrity: null, cache: 0, position }
        : { kind: 'local', path: localPath(text), position },
    ];
  }
  if (item.kind !== 'mapping') return fail('Each include must be a hash or a string', position);
  const complaint = subkeyProblem(item, inHeader);
  if (complaint !== null) return fail(complaint, position);
  const kind = SUBKEYS.find((key) => item.entries.has(key));
  const text = (node: YamlNode) => {
    if (isString(node)) return fillIn(node.value);
    return fail(`Included file \`${JSON.stringify(toJson(node))}\` needs to be a string`, node.position);
  };
  const named = (key: string) => item.entries.get(key)?.value ?? NOTHING(position);
  switch (kind) {
    case 'local':
      return [{ kind, path: localPath(text(named('local'))), position: named('local').position }];
    case 'project': {
      const project = trimSlashes(text(named('project')));
      const ref = at(item, 'ref');
      const file = named('file');
      const files = file.kind === 'sequence' ? file.items : [file];
      return files.map((each) => ({
        kind,
        project,
        ref: ref === undefined ? null : text(ref),
        path: localPath(text(each)),
        position: each.position,
      }));
    }
    case 'remote': {
      const url = text(named('remote'));
      const { position: place } = named('remote');
      return [{ kind, url, integrity: readIntegrity(item), cache: readCache(item), position: place }];
    }
    case 'template':
      return [{ kind, name: text(named('template')), position: named('template').position }];
    case 'component':
      return [{ kind, address: text(named('component')), position: named('component').position }];
    default: {
      const job = at(item, 'job');
      const { position: place } = named('artifact');
      return [
        {
          kind: 'artifact',
          path: text(named('artifact')),
          job: job === undefined ? '' : text(job),
          position: place,
        },
      ];
    }
  }
}

/** What the files of one item are given for their inputs. */
export function readInputs(item: YamlNode): YamlMapping | null {
  const inputs = item.kind === 'mapping' ? at(item, 'inputs') : undefined;
  if (inputs === undefined || inputs.kind === 'mapping') return inputs ?? null;
  return fail('include inputs should be a hash', inputs.position);
}

/** Without an expression, which would try each slash as the first of the last ones. */
function trimSlashes(text: string): string {
  let [from, to] = [0, text.length];
  while (text[from] === '/') from++;
  while (to > from && text[to - 1] === '/') to--;
  return text.slice(from, to);
}

const localPath = (text: string) => text.replace(/^\/+/, '');

const NOTHING = (position: Position): YamlNode => ({ kind: 'scalar', value: null, text: '', position });

function readIntegrity(item: YamlMapping): string | null {
  const node = at(item, 'integrity');
  if (node === undefined) return null;
  // The digest has 32 bytes, which are 43 signs of Base64 and one that fills up.
  if (isString(node) && /^sha256-[\w+/]{43}=$/.test(node.value)) return node.value;
  return fail('include integrity must be `sha256-` and the SHA-256 of the file in Base64', node.position);
}

function readCache(item: YamlMapping): number {
  const node = at(item, 'cache');
  if (node === undefined) return 0;
  return cacheSeconds(node) ?? fail(`include cache ${CACHE_MISTAKE}`, node.position);
}

export const CACHE_MISTAKE = 'must be true, false or a duration of at least 1 minute';

/** Seconds: true is an hour, false none. Null: it says neither that nor for how long. */
export function cacheSeconds(node: YamlNode): number | null {
  if (isBoolean(node)) return node.value ? HOUR : 0;
  const seconds = isString(node) ? durationSeconds(node.value) : null;
  return seconds !== null && seconds >= SHORTEST_CACHE ? seconds : null;
}

/** Checks what can be seen of a location before anything is fetched. `shown` is its name as messages show it. */
export function checkLocation(location: Location, name: string, shown: string): void {
  const { kind, position } = location;
  if (kind === 'component') return;
  if (!YAML_EXTENSION.test(name)) fail(`Included file \`${shown}\` does not have YAML extension!`, position);
  if (kind === 'remote' && !(HTTP.test(location.url) && URL.canParse(location.url)))
    fail(`Remote file \`${shown}\` does not have a valid address!`, position);
  if (kind === 'template' && !location.name.endsWith('.gitlab-ci.yml'))
    fail(`Template file \`${shown}\` is not a valid location!`, position);
}

/** A parameter's value before its type is known. */
export type Raw = string | Raw[] | { [key: string]: Raw };

/** How deep and how wide parameters may nest; a request beyond is refused. */
const DEPTH = 10;
const PAIRS = 5000;
/** In a body of JSON, whose values may be whatever inputs are. */
const JSON_DEPTH = 100;
const TOO_DEEP = 'parameters nested too deep';

/**
 * Builds the tree that names like `scope[]`, `filter[environment_scope]`, `variables[][key]` and
 * `variables[0][key]` mean. In a list of hashes (`v[][k]`) a key that is already there begins the next.
 * @throws RangeError when too deep or too many
 */
export function nest(pairs: Iterable<[string, string]>): Record<string, Raw> {
  const root: Record<string, Raw> = Object.create(null);
  let count = 0;
  for (const [name, value] of pairs) {
    if (++count > PAIRS) throw new RangeError('too many parameters');
    if (!name.includes('[')) {
      root[name] = value;
      continue;
    }
    const path = parse(name);
    if (path.length > DEPTH) throw new RangeError(TOO_DEEP);
    insert(root, path, value);
  }
  return root;
}

function parse(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0 || !/^(\[[^[\]]*\])+$/.test(name.slice(open))) return [name];
  return [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
}

function insert(into: Record<string, Raw>, path: string[], value: string): void {
  const [key = '', next, ...rest] = path;
  if (next === undefined) {
    into[key] = value;
    return;
  }
  if (next !== '') {
    const known = into[key];
    const child = isHash(known) ? known : (into[key] = Object.create(null) as Record<string, Raw>);
    insert(child, [next, ...rest], value);
    return;
  }
  const known = into[key];
  const list = Array.isArray(known) ? known : (into[key] = [] as Raw[]);
  if (rest.length === 0) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const field = rest[0] ?? '';
  const hash =
    isHash(last) && !(rest.length === 1 && field in last)
      ? last
      : (Object.create(null) as Record<string, Raw>);
  if (hash !== last) list.push(hash);
  insert(hash, rest, value);
}

/** The value, unless it nests so deep that whoever goes through it by calling itself comes to an end. @throws RangeError */
export function boundDepth(value: unknown): unknown {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_DEPTH) throw new RangeError(TOO_DEEP);
    level = level.filter(isNested).flatMap((each): unknown[] => Object.values(each));
  }
  return value;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const isHash = (value: unknown): value is Record<string, Raw> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

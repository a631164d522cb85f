import { deepMerge } from './merge.ts';
import { namedPlace } from './named-place.ts';
import { MAX_NODES, nodeCount } from './node-count.ts';
import { CompileError, problem, type Problem, refuse } from './problem.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './yaml-node.ts';

/** Parents of parents: a chain of eleven keys. */
const MAX_ANCESTORS = 10;

interface Extended {
  value: YamlMapping;
  /** How many keys that extend lie below, -1 when it extends nothing. */
  height: number;
  /** Whether everything was there that it extends. */
  whole: boolean;
}

/**
 * Every top-level mapping merged over those it `extends`, left to right, each with its own parents first.
 * `extends` itself stays. Stops at the first problem; but where some files were not read, what may stand there is told
 * to `missing`, and left out, as is a job that has nothing to run without it.
 */
export function extendAll(root: YamlMapping, missing?: (found: Problem) => void): YamlMapping {
  let spent = 0;
  const spend = (keys: number) => {
    spent += keys;
    if (spent > MAX_NODES) refuse('extends', 'The parsed YAML is too big', root.position);
  };
  const done = new Map<string, Extended>();

  const extend = (key: string, ancestors: string[]): Extended => {
    const entry = root.entries.get(key) as YamlEntry;
    const own = entry.value as YamlMapping;
    const named = baseKeys(own);
    if (named === null) return { value: own, height: -1, whole: true };
    // A finished key has no loop below it, but may still lie too deep below this one.
    const known = done.get(key);
    if (known && ancestors.length + known.height <= MAX_ANCESTORS) return known;

    const position = own.entries.get('extends')?.key.position ?? own.position;
    const fail = (message: string, base?: string): never =>
      refuse('extends', `${key}: ${message}`, placeOf(base), key);
    const placeOf = (base: string | undefined) =>
      (base !== undefined && namedPlace(own, 'extends', base)) || position;
    const unknown = named.filter((base) => !root.entries.has(base));
    if (unknown.length > 0) {
      const message = `${key}: unknown keys in \`extends\` (${unknown.join(', ')})`;
      const found = problem('extends', message, placeOf(unknown[0]), key);
      if (!missing) throw new CompileError(found);
      if (!done.has(key)) missing(found);
    }
    const bases = named.filter((base) => root.entries.has(base));
    const invalid = bases.filter((base) => root.entries.get(base)?.value.kind !== 'mapping');
    if (invalid.length > 0) fail(`invalid base hashes in \`extends\` (${invalid.join(', ')})`, invalid[0]);
    if (ancestors.length > MAX_ANCESTORS) fail('nesting too deep in `extends`');
    if (ancestors.includes(key)) fail('circular dependency detected in `extends`');

    let merged: YamlMapping = { kind: 'mapping', entries: new Map(), position: own.position };
    let height = 0;
    let whole = unknown.length === 0;
    for (const base of bases) {
      const parent = extend(base, [...ancestors, key]);
      merged = deepMerge(merged, parent.value, spend);
      height = Math.max(height, parent.height + 1);
      whole &&= parent.whole;
    }
    const result = { value: deepMerge(merged, own, spend), height, whole };
    done.set(key, result);
    return result;
  };

  const entries = new Map<string, YamlEntry>();
  for (const [key, entry] of root.entries) {
    const isExtensible = entry.value.kind === 'mapping' && baseKeys(entry.value) !== null;
    const extended = isExtensible ? extend(key, []) : null;
    if (extended && !extended.whole && !key.startsWith('.') && !runs(extended.value)) continue;
    entries.set(key, extended ? { key: entry.key, value: extended.value } : entry);
  }
  const extended = { ...root, entries };
  if (nodeCount(extended, new Map()) > MAX_NODES)
    refuse('extends', 'The parsed YAML is too big', root.position);
  return extended;
}

const runs = ({ entries }: YamlMapping) => ['script', 'run', 'trigger'].some((key) => entries.has(key));

/** What a mapping extends; null when it has no `extends`. */
function baseKeys(mapping: YamlMapping): string[] | null {
  const written = mapping.entries.get('extends')?.value;
  if (written === undefined) return null;
  return namesIn(written);
}

function namesIn(node: YamlNode): string[] {
  if (node.kind === 'sequence') return node.items.flatMap(namesIn);
  return node.kind === 'scalar' && node.text !== '' ? [node.text] : [];
}

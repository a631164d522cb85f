import type { YamlEntry, YamlMapping } from './yaml-node.ts';

/**
 * `over` laid on `under`: mappings are merged key by key, lists and scalars replace, null too. Keys keep the
 * order of `under`; the result is placed where `over` is. `spend` is told how many keys are copied.
 */
export function deepMerge(
  under: YamlMapping,
  over: YamlMapping,
  spend: (keys: number) => void = () => {},
): YamlMapping {
  spend(under.entries.size + over.entries.size);
  const entries = new Map<string, YamlEntry>(under.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key)?.value;
    const { value } = entry;
    const isDeep = below?.kind === 'mapping' && value.kind === 'mapping';
    entries.set(key, isDeep ? { key: entry.key, value: deepMerge(below, value, spend) } : entry);
  }
  return { kind: 'mapping', entries, position: over.position };
}

/** The mapping without one key. */
export function without(mapping: YamlMapping, key: string): YamlMapping {
  const entries = new Map(mapping.entries);
  entries.delete(key);
  return { ...mapping, entries };
}

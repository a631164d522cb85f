import type { Read } from '../ci/compile.ts';
import type { IncludedFile } from '../ci/included-file.ts';
import type { CompileInput } from '../ci/plan.ts';
import { toYaml } from '../ci/to-yaml.ts';
import type { YamlNode } from '../ci/yaml-node.ts';
import { packText } from './pack-text.ts';

/** The configuration of a pipeline as it leaves the compiler's thread. */
export interface ConfigurationDraft {
  /** Null when it could not be read so far. */
  includes: IncludedFile[] | null;
  /** All of it in one, packed. Null for one of these reasons: it has too many bytes, or could not be read so far. */
  merged_yaml: string | null;
  reason: 'too_large' | 'unreadable' | null;
  /** Whether the value of a variable stands in it that the project, its groups, the server or a user has given. */
  holds_values: boolean;
  /** Whether its pipeline was given such a value: by a bridge, in inputs or in what that includes. */
  given_holds_values: boolean;
}

/** `most`: bytes of a configuration in one that is kept. */
export function draftConfiguration(
  { merged, includes, filledIn }: Read,
  { predefined, given_holds_values = false }: Pick<CompileInput, 'predefined' | 'given_holds_values'>,
  most: number,
): ConfigurationDraft {
  const known = new Set(predefined);
  const holds_values = given_holds_values || [...filledIn].some((each) => !known.has(each));
  const told = { includes, holds_values, given_holds_values };
  if (merged === null) return { ...told, merged_yaml: null, reason: 'unreadable' };
  // What is far too large is not even written.
  const text = isAtMost(merged, most) ? toYaml(merged) : null;
  if (text === null || Buffer.byteLength(text) > most)
    return { ...told, merged_yaml: null, reason: 'too_large' };
  return { ...told, merged_yaml: packText(text), reason: null };
}

/** Whether the texts in it are no longer, a sign at least for each; what stands in several places counts in each. */
function isAtMost(root: YamlNode, most: number): boolean {
  let left = most;
  const fits = (node: YamlNode): boolean => {
    left -= node.kind === 'scalar' ? node.text.length + 1 : 1;
    if (left < 0) return false;
    if (node.kind === 'scalar') return true;
    if (node.kind === 'sequence') return node.items.every(fits);
    return node.entries.values().every(({ key, value }) => fits(key) && fits(value));
  };
  return fits(root);
}

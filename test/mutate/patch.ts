import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One small defect, and who should see it. */
export interface Patch {
  /** A sentence's beginning: what is wrong once the patch is applied. */
  name: string;
  /** Relative to the repository. */
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  /** The test files of which at least one must turn red. */
  tests: string[];
  /** Only PostgreSQL shows it; otherwise the tests run on SQLite alone, which takes half the time. */
  postgres?: true;
}

/** Every patch of a folder, by file name. A file is about one part and exports `patches`. */
export async function readPatches(folder: string): Promise<Patch[]> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .toSorted();
  const modules = names.map(async (name) => {
    const { patches } = (await import(pathToFileURL(join(folder, name)).href)) as { patches: Patch[] };
    return patches;
  });
  return (await Promise.all(modules)).flat();
}

/**
 * The text with the patch in it. Throws when the patch does not fit any more: then it protects nothing, and
 * somebody has to look.
 */
export function applyPatch(text: string, { name, file, find, replace }: Patch): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`'${name}': what it looks for stands ${places} times in ${file}`);
  if (find === replace) throw new Error(`'${name}' changes nothing`);
  return text.replace(find, () => replace);
}

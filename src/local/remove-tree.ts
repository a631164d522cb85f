import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../errors.ts';

/**
 * Removes a folder with all that is in it, or a file, if there is one; also folders in which even their owner may delete
 * nothing, as jobs leave them.
 * @throws StartError for what belongs to somebody else
 */
export function removeTree(path: string): void {
  try {
    remove(path);
  } catch {
    try {
      openFolders(path);
      remove(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError(
        `${path} cannot be removed (${reason}): remove it with the rights that this takes.`,
      );
    }
  }
}

const remove = (path: string) => rmSync(path, { recursive: true, force: true, maxRetries: 3 });

function openFolders(path: string): void {
  if (!lstatSync(path).isDirectory()) return;
  chmodSync(path, 0o700);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) openFolders(join(path, entry.name));
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEachFile } from './after-each-file.ts';

/**
 * A folder on a file system of its own of so many bytes, to be filled: a tmpfs, which only root can
 * mount; null otherwise. It goes after the test file that asked for it.
 */
export function smallDisk(bytes: number): string | null {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return null;
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    return null;
  }
  mounted.push(folder);
  return folder;
}

const mounted: string[] = [];

afterEachFile(() => {
  for (const folder of mounted.splice(0)) {
    execFileSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  }
});

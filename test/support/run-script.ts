import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedJob } from '../../src/ci/plan.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Ran {
  /** Where it ran. */
  folder: string;
  status: number | null;
  /** What it printed, by line. */
  lines: string[];
  /** What went wrong in its own words. */
  problems: string;
}

/** A stand-in that says its name and what it was called with. */
export const SAYS_IT = 'echo "$(basename "$0")" "$@"';

/**
 * Runs the script of a job as a runner does, in a folder with these files. What it calls is not of this machine: `commands` stand
 * in for it, each with the text of a shell script.
 */
export function runScript(
  { steps, variables }: PlannedJob,
  commands: Record<string, string>,
  files: Record<string, string> = {},
): Ran {
  const folder = temporaryFolder();
  const bin = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const [name, text] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const lines = steps.filter(({ name }) => name === 'script').flatMap(({ script }) => script);
  const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', lines.join('\n')], {
    cwd: folder,
    env: {
      ...Object.fromEntries(variables.map(({ key, value }) => [key, value])),
      PATH: `${bin}:/usr/bin:/bin`,
    },
    encoding: 'utf8',
  });
  return { folder, status, lines: stdout.split('\n').filter(Boolean), problems: stderr };
}

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** The tests take less than a gigabyte at a time. */
const BYTES = 4 * 1024 ** 3;

/**
 * Runs once, before any test file: temporary folders are made in memory, where there is plenty, unless TMPDIR says where.
 * Each commit of a test's database waits for a disk otherwise.
 */
export function setup(): (() => void) | undefined {
  if (process.env['TMPDIR'] || !hasRoom()) return;
  removeLeftOvers();
  const folder = mkdtempSync(join(MEMORY, `jobyard-tests-${process.pid}-`));
  const leave = () => rmSync(folder, { recursive: true, force: true });
  // PostgreSQL and jobs run as other users.
  chmodSync(folder, 0o1777);
  if (!runsPrograms(folder)) {
    leave();
    return;
  }
  process.env['TMPDIR'] = folder;
  return leave;
}

/** Of runs that were killed. */
function removeLeftOvers(): void {
  for (const name of readdirSync(MEMORY)) {
    const pid = /^jobyard-tests-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return Math.min(bavail * bsize, freemem()) >= BYTES;
  } catch {
    return false;
  }
}

/** Containers often mount it so that nothing in it can be run. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, 'program');
  try {
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    execFileSync(program);
    return true;
  } catch {
    return false;
  }
}

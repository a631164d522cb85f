import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { selectFiles } from './file-selection.ts';
import { writeGzip } from './gzip-report.ts';

test('every file is a member with its name and path, and other programs can read it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-gzip-'));
  execFileSync('mkdir', ['-p', join(folder, 'r')]);
  writeFileSync(join(folder, 'r', 'a.xml'), 'a'.repeat(100_000));
  writeFileSync(join(folder, 'r', 'ä.xml'), '');
  const files = await selectFiles(
    folder,
    { paths: ['r/*.xml'], exclude: [], untracked: undefined },
    () => {},
  );
  const target = createWriteStream(join(folder, 'out.gz'));
  await writeGzip(folder, files, target);
  await finished(target);
  const bytes = readFileSync(join(folder, 'out.gz'));
  expect(gunzipSync(bytes).toString()).toBe('a'.repeat(100_000));
  expect(bytes.subarray(10, 24).toString('latin1')).toBe('a.xml\0r/a.xml\0');
  expect(bytes.includes('e:%C3%A4.xml\0e:r%2F%C3%A4.xml\0')).toBe(true);
  expect(execFileSync('gzip', ['-t', join(folder, 'out.gz')]).toString()).toBe('');
  rmSync(folder, { recursive: true });
});

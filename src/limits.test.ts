import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { defaultsOfLimits, readLimits } from './limits.ts';

const read = (...settings: string[]) => {
  const problems: string[] = [];
  return { limits: readLimits(settings, problems), problems };
};

describe('limits', () => {
  test('sizes and times are said with their units', () => {
    const { limits, problems } = read('trace_size=5MiB', 'silent_running=90s', 'artifacts_expire_in=7d');
    expect(problems).toEqual([]);
    expect(limits).toMatchObject({
      trace_size: 5 * 1024 * 1024,
      silent_running: 90_000,
      artifacts_expire_in: 7 * 24 * 3600,
      silent_canceling: 30 * 60_000,
    });
  });

  test('what may be off is off with none', () => {
    expect(read('artifacts_expire_in=none').limits.artifacts_expire_in).toBeNull();
    expect(read('trace_size=none').problems).toEqual([
      'the limit trace_size is "none", but must be a size as 500MiB',
    ]);
  });

  test.each([
    'trace_size=5',
    'trace_size=5MB',
    'trace_size=-1B',
    'trace_size',
    'trace_size=',
    'silent_running=1KiB',
  ])('%s is refused', (setting) => expect(read(setting).problems).toHaveLength(1));

  test('a limit that nobody knows is named, with those there are', () => {
    expect(read('trace_sise=5MiB').problems[0]).toMatch(/^"trace_sise" is no limit: they are .*trace_size/);
    expect(read('__proto__=5MiB').problems).toHaveLength(1);
  });

  test('the variable and the flag are read, and the flag wins', () => {
    const { limits } = readConfig(['--limit', 'trace_size=2MiB', '--limit', 'artifact_size=3MiB'], {
      JOBYARD_LIMITS: 'trace_size=1MiB  silent_running=5m',
    });
    expect(limits).toMatchObject({
      trace_size: 2 * 1024 * 1024,
      artifact_size: 3 * 1024 * 1024,
      silent_running: 300_000,
    });
  });

  test('every mistake is told at once', () => {
    expect(() => readConfig(['--limit', 'a=1', '--limit', 'trace_size=x', '--port', 'y'], {})).toThrow(
      /"y".*"a" is no limit.*trace_size is "x"/s,
    );
  });

  test('docs/operate/limits.md has a row for each, with its default', () => {
    const page = readFileSync(new URL('../docs/operate/limits.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z_0-9]+)`\s*\| (\S+)\s*\|/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(rows.toSorted()).toEqual([...defaultsOfLimits()].toSorted());
  });
});

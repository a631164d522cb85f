import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  entrypointWords,
  environmentFile,
  exportLines,
  ownerInside,
  serviceAliases,
  SHELL_COMMAND,
  waitLines,
} from './container-words.ts';

describe('what an engine is told', () => {
  test.each([
    ['postgres', ['postgres']],
    ['postgres:16-alpine', ['postgres']],
    ['tutum/wordpress:latest', ['tutum__wordpress', 'tutum-wordpress']],
    ['registry.io:5000/a/b@sha256:00', ['registry.io__a__b', 'registry.io-a-b']],
    ['localhost:5000/a', ['localhost__a', 'localhost-a']],
  ])('the service %s is reached by the names of its image', (name, aliases) => {
    expect(serviceAliases({ name, alias: [] })).toEqual(aliases);
    expect(serviceAliases({ name, alias: ['db', 'db', 'main'] })).toEqual(['db', 'main', ...aliases]);
  });

  test('an entrypoint takes the place of the image’s own, an empty one too', () => {
    expect(entrypointWords({ entrypoint: [] })).toEqual({ before: [], after: [] });
    expect(entrypointWords({ entrypoint: [''] })).toEqual({ before: ['--entrypoint='], after: [] });
    expect(entrypointWords({ entrypoint: ['/bin/env', '-i'] })).toEqual({
      before: ['--entrypoint=/bin/env'],
      after: ['-i'],
    });
  });

  test('files are given back to the user outside, who is root within a podman without root', () => {
    expect(ownerInside(false, 1000, 100)).toBe('1000:100');
    expect(ownerInside(true, 1000, 100)).toBe('0:0');
    expect(ownerInside(false, 0, 0)).toBe(null);
  });

  test('variables reach a script whatever stands in them, and the environment where one line holds them', () => {
    const all = { A: "it's $HOME `x`\nand more", 'B.C': 'x', D: 'one "line"  ' };
    const script = `${exportLines(all)}printf '%s|' "$A" "$D"`;
    const [program = '', ...args] = SHELL_COMMAND;
    expect(execFileSync(program, args, { input: script, encoding: 'utf8' })).toBe(`${all.A}|${all.D}|`);
    expect(environmentFile(all)).toBe('B.C=x\nD=one "line"  \n');
  });

  test('a script waits for services, and goes on when one listens', () => {
    // No such service: it does not wait for a name that nobody asked for.
    expect(waitLines([])).toBe('');
    const lines = waitLines([{ host: 'db', port: 5432 }]);
    expect(lines).toContain('/dev/tcp/db/5432');
    expect(lines).toContain('nc -z db 5432');
    // With a sleep that takes no time it says so after half a minute's tries, and ends.
    const said = execFileSync('bash', [
      '-c',
      `sleep() { :; }; ${waitLines([{ host: '127.0.0.1', port: 1 }])}echo on`,
    ]);
    expect(said.toString()).toBe('WARNING: the service 127.0.0.1 does not listen on its port 1\non\n');
  });
});

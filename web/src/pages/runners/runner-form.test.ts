import { describe, expect, test } from 'vitest';
import { queryOf } from './queries.ts';
import { bodyOf, commandsOf, formOf, NEW_RUNNER, problemsSaid } from './runner-form.ts';

describe('the form of a runner', () => {
  test('gives what the API takes: tags as a list, minutes as seconds', () => {
    expect(
      bodyOf({
        ...NEW_RUNNER,
        description: ' big ',
        tags: 'linux, gpu,,linux ',
        isProtected: true,
        timeout: '90',
      }),
    ).toEqual({
      body: {
        description: 'big',
        tag_list: ['linux', 'gpu'],
        run_untagged: true,
        locked: false,
        access_level: 'ref_protected',
        maintenance_note: '',
        maximum_timeout: 5400,
      },
    });
  });

  test('says what would not work before it is sent', () => {
    expect(bodyOf({ ...NEW_RUNNER, run_untagged: false, tags: ' ,' })).toEqual({
      problems: { tags: expect.stringContaining('it would run nothing') },
    });
    for (const timeout of ['9', 'x', '-1'])
      expect(bodyOf({ ...NEW_RUNNER, timeout })).toEqual({
        problems: { timeout: 'A number of minutes, at least 10' },
      });
  });

  test('of a runner as it is gives the same back', () => {
    const runner = {
      description: 'big',
      tag_list: ['a', 'b'],
      run_untagged: false,
      locked: true,
      access_level: 'ref_protected',
      maximum_timeout: 3600,
      maintenance_note: 'ask Ada',
    };
    expect(bodyOf(formOf(runner))).toEqual({ body: runner });
  });

  test('takes what the server says against a field', () => {
    expect(problemsSaid({ tags_list: 'too many', description: 'is too long' })).toEqual({
      tags: 'too many',
      description: 'is too long',
    });
  });
});

test('the commands name the server and the token', () => {
  const { shell, docker } = commandsOf('https://ci.example.org', 'glrt-x');
  for (const command of [shell, docker]) {
    expect(command).toContain('--url https://ci.example.org \\');
    expect(command).toContain('--token glrt-x');
  }
});

test.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
  'a container reaches a server of this machine alone: %s',
  (url) => {
    const linux = commandsOf(url, 'glrt-x', { isLinux: true });
    expect(linux.docker).toMatch(/^docker run .*--network host /);
    expect(linux.docker).toContain(`--url ${url} \\`);
    expect(linux.docker).toContain('--docker-network-mode host');
    const desktop = commandsOf(url, 'glrt-x', { isLinux: false });
    expect(desktop.docker).not.toContain(url);
    expect(desktop.docker).toContain('--url http://host.docker.internal:8080 \\');
    expect(desktop.docker).toContain('--clone-url http://host.docker.internal:8080 \\');
    for (const each of [linux, desktop]) {
      expect(each.docker_hint).not.toBeNull();
      expect(each.shell).toContain(`--url ${url} \\`);
    }
  },
);

test('a container reaches a server of a network as any machine does', () => {
  const { docker, docker_hint: hint } = commandsOf('https://ci.example.org', 'glrt-x', { isLinux: false });
  expect(docker).not.toMatch(/network|internal/);
  expect(hint).toBeNull();
});

test('filters of the address that are none do not filter', () => {
  expect(queryOf({ type: 'group_type', status: 'paused', tag: 'a, b,', search: 'x' })).toEqual({
    type: 'group_type',
    status: 'paused',
    tag_list: ['a', 'b'],
    search: 'x',
  });
  expect(queryOf({ type: 'x', status: '<b>', tag: ' ,' })).toEqual({});
});

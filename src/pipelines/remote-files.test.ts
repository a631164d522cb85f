import { beforeEach, expect, test } from 'vitest';
import { fileHost } from '../../test/support/file-host.ts';
import { RemoteFiles } from './remote-files.ts';

let now = 0;
const LARGE = 'x'.repeat(2 * 1024 * 1024 - 1);
const host = await fileHost((request, response) =>
  response.end(request.url?.startsWith('/large') ? LARGE : `${request.url} ${host.requests.length}`),
);
const url = (path: string) => `${host.url}/${path}.yml`;
const asked = () => host.requests.map((request) => request.url);

let files: RemoteFiles;
beforeEach(() => {
  host.requests.length = 0;
  now = 0;
  files = new RemoteFiles({ allowed: ['127.0.0.1/32'], deadline: 10_000, clock: () => now });
});

const fetch = async (cache: number) => (await files.fetch([{ url: url('a'), cache }]))[0];

test('each is answered, in order; one address is asked once', async () => {
  const answers = await files.fetch(['b', 'a', 'b'].map((path) => ({ url: url(path), cache: 0 })));
  expect(answers.map((answer) => 'text' in answer && answer.text.split(' ')[0])).toEqual([
    '/b.yml',
    '/a.yml',
    '/b.yml',
  ]);
  expect(asked().toSorted()).toEqual(['/a.yml', '/b.yml']);
});

test('what is kept is for those who want it, as long as they say', async () => {
  const first = await fetch(3600);
  now = 59_999;
  expect(await fetch(60)).toEqual(first);
  expect(await fetch(0)).not.toEqual(first);
  now = 60_000;
  expect(await fetch(3600)).toEqual(first);
  expect(await fetch(60)).not.toEqual(first);
  expect(asked()).toHaveLength(3);
});

test('a failure is not kept', async () => {
  const [failed] = await files.fetch([{ url: 'http://127.0.0.1:1/a.yml', cache: 3600 }]);
  expect(failed).toEqual({
    problem: 'Failed to open TCP connection to 127.0.0.1:1 (Connection refused)',
    short: true,
  });
});

test('the oldest make room for others', async () => {
  const all = Array.from({ length: 17 }, (_, index) => ({ url: url(`large${index}`), cache: 3600 }));
  for (const one of all) await files.fetch([one]);
  expect(asked()).toHaveLength(17);
  await files.fetch(all.slice(1));
  expect(asked()).toHaveLength(17);
  await files.fetch(all.slice(0, 1));
  expect(asked()).toHaveLength(18);
});

const large = (index: number) => [{ url: url(`large${index}`), cache: 0 }];

test('a configuration gets no more than there is room for, in all that it asks', async () => {
  const room = { bytes: 3 * 1024 * 1024 };
  const answers = [
    ...(await files.fetch(large(1), room)),
    ...(await files.fetch(large(2), room)),
    ...(await files.fetch(large(3), room)),
  ];
  expect(answers.map((answer) => 'text' in answer)).toEqual([true, true, false]);
  expect(answers[2]).toEqual({ problem: 'all files together are too big', short: false });
  expect(asked()).toHaveLength(2);
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { text } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { ProtocolServer } from './testing/protocol-server.ts';
import { nextId, runnerOfServer } from './testing/runner-of-server.ts';
import { modes } from './testing/runner-process.ts';
import { ended, last, log, NO_GIT, script, variable } from './testing/served-job.ts';

async function unzip(bytes: Buffer): Promise<Map<string, { mode: number; content: string }>> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const found = new Map<string, { mode: number; content: string }>();
  for await (const entry of zip.eachEntry()) {
    const content = entry.fileName.endsWith('/') ? '' : await text(await zip.openReadStreamPromise(entry));
    found.set(entry.fileName, { mode: entry.externalFileAttributes >>> 16, content });
  }
  return found;
}

async function zipOf(files: [string, string, number][]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content, mode] of files) zip.addBuffer(Buffer.from(content), name, { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe.each(modes())('artifacts and caches, $name', (mode) => {
  const { server, runner, enqueue } = runnerOfServer(mode);

  test('artifacts are uploaded with their modes, links and reports, and what is excluded stays out', async () => {
    const job = enqueue({
      variables: [NO_GIT, variable('SLUG', 'main')],
      steps: [
        script(
          'mkdir -p dist/deep empty; echo a > dist/a.txt; echo b > dist/deep/b.map; echo c > dist/deep/.c',
          'chmod 755 dist/a.txt; ln -s a.txt dist/link; ln -s /etc dist/etc; ln -s /etc outside',
          'echo "<x/>" > r1.xml; echo "<y/>" > r2.xml; echo "[]" > quality.json',
        ),
      ],
      artifacts: [
        {
          name: 'app-$SLUG',
          paths: ['dist/', 'outside/passwd', '../../..', '/etc/passwd', 'empty'],
          exclude: ['dist/**/*.map'],
          when: 'on_success',
          expire_in: '1 week',
        },
        {
          name: 'junit.xml',
          paths: ['r*.xml'],
          when: 'always',
          artifact_type: 'junit',
          artifact_format: 'gzip',
        },
        {
          name: 'gl-code-quality-report.json',
          paths: ['quality.json'],
          when: 'always',
          artifact_type: 'codequality',
          artifact_format: 'raw',
        },
        { name: 'failure', paths: ['dist/'], when: 'on_failure' },
        { name: 'nothing', paths: ['no/such/*'], when: 'always' },
      ],
    });
    await ended(job);
    expect(job.status).toBe('success');
    const [archive, junit, quality, ...more] = job.uploads;
    expect(more).toEqual([]);
    expect(archive?.filename).toBe('app-main.zip');
    expect(Object.fromEntries(archive?.query ?? [])).toEqual({
      artifact_format: 'zip',
      artifact_type: 'archive',
      expire_in: '1 week',
    });
    const files = await unzip(archive?.bytes ?? Buffer.alloc(0));
    expect([...files.keys()]).toEqual([
      'dist/',
      'dist/a.txt',
      'dist/deep/',
      'dist/deep/.c',
      'dist/etc',
      'dist/link',
      'empty/',
    ]);
    expect(files.get('dist/a.txt')).toEqual({ mode: 0o100755, content: 'a\n' });
    expect(files.get('dist/link')).toEqual({ mode: 0o120777, content: 'a.txt' });
    expect(files.get('dist/etc')).toMatchObject({ content: '/etc' });
    expect(junit?.filename).toBe('junit.xml.gz');
    expect(gunzipSync(junit?.bytes ?? Buffer.alloc(0)).toString()).toBe('<x/>\n<y/>\n');
    expect(quality?.filename).toBe('gl-code-quality-report.json');
    expect(quality?.bytes.toString()).toBe('[]\n');
    expect(log(job)).toContain('no/such/*: no matching files');
    expect(log(job)).toContain('../../..: lies outside the project');
  });

  test('a file that the job itself could not read is not uploaded, whoever the runner is', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('echo a > open; echo b > closed; chmod 0 closed')],
      artifacts: [{ name: 'x', paths: ['*'], when: 'on_success' }],
    });
    await ended(job);
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
    expect(log(job)).toMatch(/EACCES: permission denied, open '.*closed'/);
    expect(job.uploads).toEqual([]);
  });

  test('an upload is tried again when the server stumbles, and its refusal fails a green job', async () => {
    let stumbles = 0;
    server.trouble = (request) => {
      if (!request.url?.includes('/artifacts')) return undefined;
      stumbles += 1;
      return stumbles === 1 ? 503 : undefined;
    };
    const payload = {
      variables: [NO_GIT],
      steps: [script('echo a > a')],
      artifacts: [{ name: 'x', paths: ['a'], when: 'on_success' }],
    };
    const lucky = enqueue(payload);
    await ended(lucky);
    expect(lucky.status).toBe('success');
    expect(lucky.uploads).toHaveLength(1);
    server.trouble = (request) => (request.url?.includes('/artifacts') ? 413 : undefined);
    const refused = enqueue(payload);
    await ended(refused);
    expect(last(refused)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
  });

  test('artifacts of earlier jobs lie in the work tree, and a redirect is not told the token', async () => {
    const producer = server.add(nextId());
    producer.archive = await zipOf([
      ['bin/tool', '#!/bin/sh\necho tool runs\n', 0o100755],
      ['bin/also', 'tool', 0o120777],
      ['plain', 'text', 0o100640],
    ]);
    const dependency = {
      id: producer.id,
      token: producer.token,
      name: 'build',
      artifacts_file: { filename: 'artifacts.zip', size: 1 },
    };
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('bin/tool', 'readlink bin/also', 'stat -c %a:%u plain')],
      dependencies: [dependency, { id: 5, token: 'x', name: 'without', artifacts_file: {} }],
    });
    await ended(job);
    expect(log(job)).toContain('tool runs\n');
    expect(log(job)).toContain('$ readlink bin/also\x1b[0;m\ntool\n');
    expect(log(job)).toContain(`\n640:${mode.jobs ?? mode.runner ?? process.getuid?.()}\n`);
    expect(job.status).toBe('success');

    const storage = new ProtocolServer();
    await storage.listen();
    storage.jobs.set(producer.id, producer);
    server.storage = storage.url;
    const redirected = enqueue({
      variables: [NO_GIT],
      steps: [script('bin/tool')],
      dependencies: [dependency],
    });
    await ended(redirected);
    server.storage = '';
    await storage.close();
    expect(redirected.status).toBe('success');
    expect(storage.requests.map(({ headers }) => headers['job-token'])).toEqual([undefined]);
  });

  test('an archive that would write outside the project fails the job and writes nothing there', async () => {
    const outside = join(runner.folder, `escaped-${nextId()}`);
    const producer = server.add(nextId());
    const dependencies = [
      {
        id: producer.id,
        token: producer.token,
        name: 'evil',
        artifacts_file: { filename: 'a.zip', size: 1 },
      },
    ];
    producer.archive = Buffer.from(
      (await zipOf([[`aa/aa/aa/aa/${'b'.repeat(9)}`, 'x', 0o100644]]))
        .toString('latin1')
        .replaceAll('aa/', '../'),
      'latin1',
    );
    const climbing = enqueue({ variables: [NO_GIT], steps: [script('true')], dependencies });
    await ended(climbing);
    expect(climbing.status).toBe('failed');

    producer.archive = await zipOf([
      ['way', runner.folder, 0o120777],
      [`way/${outside.slice(runner.folder.length + 1)}`, 'x', 0o100644],
    ]);
    const linking = enqueue({ variables: [NO_GIT], steps: [script('true')], dependencies });
    await ended(linking);
    expect(linking.status).toBe('failed');

    // The link may also stand there before the archive comes.
    const first = server.add(nextId());
    first.archive = await zipOf([['way', runner.folder, 0o120777]]);
    producer.archive = await zipOf([[`way/${outside.slice(runner.folder.length + 1)}`, 'x', 0o100644]]);
    const led = enqueue({
      variables: [NO_GIT],
      steps: [script('true')],
      dependencies: [{ ...dependencies[0], id: first.id }, ...dependencies],
    });
    await ended(led);
    expect(led.status).toBe('failed');
    expect(log(led)).toContain('is a link that leads out of the project');
    expect(existsSync(outside)).toBe(false);
  });

  test('a cache made by one job is there for the next one', async () => {
    const cache = [
      { key: 'npm-$NAME', paths: ['store/'], policy: 'pull-push', when: 'on_success', fallback_keys: [] },
    ];
    const variables = [NO_GIT, variable('NAME', 'x')];
    const first = enqueue({
      variables,
      cache,
      steps: [script('ls store || mkdir store; echo kept > store/file')],
    });
    await ended(first);
    expect(log(first)).toContain('No cache for npm-x');
    const second = enqueue({ variables, cache, steps: [script('cat store/file')] });
    await ended(second);
    expect(log(second)).toContain('kept\n');
    expect(second.status).toBe('success');
  });
});

import { randomBytes } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse } from '../support/runner-house.ts';
import type { RunnerReply } from '../support/simulated-runner.ts';
import { smallDisk } from '../support/small-disk.ts';

const DISK = 32 << 20;
const CHUNK = 256 << 10;

const messageOf = (body: Buffer) => (JSON.parse(body.toString()) as { message: string }).message;

describe.each(databases)('a disk that fills up, on %s', (kind) => {
  const disk = smallDisk(DISK);

  test.skipIf(disk === null)('is told with 503, and what was acknowledged before is kept', async () => {
    const data = disk ?? '';
    const house = await openRunnerHouse(kind, {}, data);
    const { runner, start } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    await runner.running(job!);
    const filler = join(data, 'filler');
    const fill = async (left: number) => {
      const { bavail, bsize } = await statfs(data);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
    };
    const full = { status: 503 };
    const reason = '503 Service Unavailable - the storage is full';

    await fill(3 * CHUNK);
    const chunks: Buffer[] = [];
    let refused: RunnerReply | undefined;
    for (let size = 0; size < 8 * CHUNK; size += CHUNK) {
      const chunk = randomBytes(CHUNK);
      refused = await runner.patch(job!, chunk, size);
      if (refused.status !== 202) break;
      chunks.push(chunk);
    }
    expect(refused).toMatchObject(full);
    expect(messageOf(refused!.body)).toBe(reason);
    expect(chunks.length).toBeGreaterThan(0);
    const upload = await runner.artifact(job!, randomBytes(4 * CHUNK));
    expect(upload).toMatchObject(full);
    expect(messageOf(upload.body)).toBe(reason);
    expect(await house.api('GET', '/-/health', { token: null })).toMatchObject({ status: 200 });

    await rm(filler);
    const end = chunks.length * CHUNK;
    expect(await runner.patch(job!, 'the end', end)).toMatchObject({ status: 202 });
    expect(await runner.artifact(job!, randomBytes(4 * CHUNK))).toMatchObject({ status: 201 });
    const log = Buffer.concat([...chunks, Buffer.from('the end')]);
    expect(await runner.finish(job!, 'success', log)).toMatchObject({ status: 200 });
  });
});

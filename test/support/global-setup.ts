import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { DoorAnswer } from './postgres.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A unix socket of this run; whoever connects is told where PostgreSQL is, which starts it if need be. */
    postgresDoor: string;
  }
}

/** Runs once, in Vitest's own process, before any test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'jobyard-test-'));
  let starting: Promise<PostgresServer> | undefined;

  const door = createServer(async (visitor) => {
    visitor.on('error', () => {});
    starting ??= startPostgres();
    const answer: DoorAnswer = await starting.then(
      ({ url }) => ({ url }),
      (error: unknown) => ({ error: String(error) }),
    );
    visitor.end(JSON.stringify(answer));
  });
  door.listen(join(folder, 'postgres.door'));
  await once(door, 'listening');
  project.provide('postgresDoor', join(folder, 'postgres.door'));

  return async () => {
    door.close();
    await starting?.then(
      (server) => server.stop(),
      () => {},
    );
    await rm(folder, { recursive: true, force: true });
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface PostgresServer {
  /** Where databases may be created: a superuser's, or what JOBYARD_TEST_DATABASE_URL names. */
  url: string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL server for this process: the one of JOBYARD_TEST_DATABASE_URL, or else real PostgreSQL
 * binaries from npm, started now and ended at `stop()` or when this process dies. `durable` keeps fsync on.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const given = process.env['JOBYARD_TEST_DATABASE_URL'];
  if (given) return { url: given, stop: async () => {} };

  const keeper = fileURLToPath(new URL('postgres-keeper.ts', import.meta.url));
  // Detached: Ctrl-C goes to a terminal's whole group, and the keeper must outlive it to clean up.
  const child = spawn(process.execPath, [keeper, ...(durable ? ['--durable'] : [])], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const answer = JSON.parse(line) as { url?: string; error?: string };
    if (answer.url) return { url: answer.url, stop };
    throw new Error(answer.error);
  }
  throw new Error('The keeper of PostgreSQL ended without a word');
}

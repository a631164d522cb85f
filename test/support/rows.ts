import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import pg from 'pg';
import { digestToken } from '../../src/access/token.ts';
import { poolDialect } from '../../src/db/postgres-driver.ts';
import type { Tables } from '../../src/db/schema.ts';
import { sqliteDialect } from '../../src/db/sqlite-driver.ts';
import { afterEachFile } from './after-each-file.ts';
import type { TestServer } from './server.ts';

const closing: (() => unknown)[] = [];

/** The tables of a running server, past its own code: to set up what only time or a runner brings about. */
export async function rowsOf({ config }: TestServer): Promise<Kysely<Tables>> {
  if (config.database_url === null) {
    const database = new DatabaseSync(join(config.data, 'jobyard.db'), { timeout: 5000 });
    closing.push(() => database.close());
    return new Kysely<Tables>({ dialect: sqliteDialect(database) });
  }
  const pool = new pg.Pool({ connectionString: config.database_url, max: 1 });
  pool.on('error', () => {});
  closing.push(() => pool.end());
  return new Kysely<Tables>({ dialect: poolDialect(pool) });
}

afterEachFile(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

let seeded = 0;

/** A job of a pipeline of its own, in this state; with `token` it runs under that job token. */
export async function seedJob(
  rows: Kysely<Tables>,
  given: { project_id: number; user_id: number; status: string; token?: string; sha?: string },
): Promise<{ id: number; pipeline_id: number }> {
  const { project_id, user_id, status, token, sha = 'a'.repeat(40) } = given;
  const now = Date.now();
  const common = {
    project_id,
    user_id,
    status,
    ref: 'main',
    tag: 0,
    sha,
    protected: 0,
  } as const;
  const pipeline = await rows
    .insertInto('pipelines')
    .values({
      ...common,
      iid: 1_000_000 + ++seeded,
      before_sha: '0'.repeat(40),
      source: 'push',
      stages: '["test"]',
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const job = await rows
    .insertInto('jobs')
    .values({
      ...common,
      kind: 'build',
      pipeline_id: pipeline.id,
      name: 'unit',
      stage: 'test',
      stage_idx: 0,
      allow_failure: 0,
      when: 'on_success',
      scheduling_type: 'stage',
      tag_list: '[]',
      token_digest: token === undefined ? null : digestToken(token),
      created_at: now,
      updated_at: now,
      queued_at: now,
      started_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id: job.id, pipeline_id: pipeline.id };
}

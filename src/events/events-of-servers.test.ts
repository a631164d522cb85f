import pg from 'pg';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, jobsOf, planned, startedPipeline } from '../../test/support/pipelines.ts';
import { createTestDatabase } from '../../test/support/postgres.ts';
import type { Database } from '../db/database.ts';
import { openDatabase } from '../db/dialect.ts';
import { changeJob } from '../jobs/change-job.ts';
import type { JobEvent } from '../jobs/job-state.ts';
import { changeAndAdvance } from '../pipelines/advance-pipeline.ts';
import { noteChange } from './change.ts';
import { Events } from './events.ts';
import { followEvents, type Told } from './follow-events.ts';

const EVERYTHING = { renew: async () => 'same' as const, sees: async () => true };
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** One server's part in this: its database and what it tells. */
async function openServer(url: string, silence = 60_000): Promise<{ db: Database; events: Events }> {
  const db = await openDatabase('', url);
  closing.push(() => db.close());
  const reported: unknown[] = [];
  const report = (error: unknown) => reported.push(error);
  const events = await Events.open(db, { kept: 1000, linger: 60_000, silence, report });
  closing.push(() => events.close());
  onTestFinished(() => expect(reported).toEqual([]));
  expect(events.isDeaf).toBe(false);
  return { db, events };
}

/** What is told one by one, from now on. */
async function follow(events: Events, heartbeat = 60_000) {
  const over = new AbortController();
  const { waiting, leave } = events.follow({ user_id: null, project_id: null });
  const told = followEvents(events, waiting, {
    since: null,
    view: EVERYTHING,
    heartbeat,
    signal: over.signal,
  });
  onTestFinished(() => {
    over.abort();
    leave();
  });
  const left: Told[] = [];
  const next = async (): Promise<Told> => {
    if (left.length === 0) left.push(...((await told.next()).value ?? []));
    const one = left.shift();
    if (!one) throw new Error('it is over');
    return one;
  };
  expect(await next()).toMatchObject({ type: 'ready' });
  return {
    next,
    async find(wanted: (one: Told) => boolean): Promise<Told> {
      for (;;) {
        const one = await next();
        if (wanted(one)) return one;
      }
    },
  };
}

const dataOf = (one: Told) =>
  one.type === 'event' ? (JSON.parse(one.event.data) as Record<string, unknown>) : {};
const isReset = (one: Told) => one.type === 'reset' && one.reason === 'gap';

describe.skipIf(!databases.includes('postgres'))('servers on one database', () => {
  let url: string;
  beforeEach(async () => {
    url = await createTestDatabase();
  });

  test('hear what the others do, with the last state last, whoever made it', async () => {
    const [one, two, three] = [await openServer(url), await openServer(url), await openServer(url)];
    const followers = await Promise.all([one, two, three].map(({ events }) => follow(events)));
    const project = await createProject(one.db);
    const pipeline_id = await startedPipeline(one.db, project, [planned('job')]);
    const { id } = (await jobsOf(one.db, pipeline_id))['job']!;
    const change = ({ db }: { db: Database }, event: JobEvent) =>
      db.write((tx) => changeAndAdvance(tx, pipeline_id, 1, () => changeJob(tx, id, event, 1)));
    await change(two, 'run');
    await change(three, 'success');
    const servers = [one, two, three];
    for (const [index, { db }] of servers.entries())
      await db.write(async (tx) => noteChange(tx, { type: 'project', id: 1000 + index }));
    for (const follower of followers) {
      const statuses: string[] = [];
      // All that each of them has done before its last has come by then.
      const last = new Set(servers.map((_, index) => 1000 + index));
      await follower.find((told) => {
        const { id: of, stage, status } = dataOf(told);
        if (of === id && stage !== undefined) statuses.push(String(status));
        last.delete(Number(of));
        return last.size === 0;
      });
      // Whatever was passed through, each state came in its turn.
      const order = ['pending', 'running', 'success'];
      expect(statuses).toEqual(statuses.toSorted((x, y) => order.indexOf(x) - order.indexOf(y)));
      expect(statuses.at(-1)).toBe('success');
    }
  });

  test('hear of many changes at once, whatever room they take', async () => {
    const [one, two] = [await openServer(url), await openServer(url)];
    const follower = await follow(two.events);
    const long = 'x'.repeat(5000);
    await one.db.write(async (tx) => {
      for (let id = 1; id <= 400; id += 1) noteChange(tx, { type: 'environment', project_id: 7, id });
      const ref = { type: 'ref', project_id: 8, before: '0', after: '1' } as const;
      noteChange(tx, { ...ref, ref: `refs/heads/${long}` });
      noteChange(tx, { ...ref, ref: `refs/heads/${long}${long}` });
    });
    for (let id = 1; id <= 400; id += 1) expect(dataOf(await follower.next())).toMatchObject({ id });
    expect(dataOf(await follower.next())).toMatchObject({ name: long, action: 'created' });
    // The name of which finds no room in any message.
    expect(dataOf(await follower.next())).toEqual({ project_id: 8 });
  });

  test('know that they have missed something when there was too much to be told', async () => {
    const [one, two] = [await openServer(url), await openServer(url)];
    const [here, there] = [await follow(one.events), await follow(two.events)];
    // So that each has heard of the other.
    await one.db.write(async (tx) => noteChange(tx, { type: 'project', id: 1 }));
    for (const follower of [here, there]) expect(dataOf(await follower.next())).toEqual({ id: 1 });
    await one.db.write(async (tx) => {
      for (let id = 1; id <= 5000; id += 1) noteChange(tx, { type: 'project', id });
    });
    expect(await here.next()).toMatchObject({ type: 'reset', reason: 'gap' });
    await one.db.write(async (tx) => noteChange(tx, { type: 'project', id: 2 }));
    expect(await there.next()).toMatchObject({ type: 'reset', reason: 'gap' });
    for (const follower of [here, there]) expect(dataOf(await follower.next())).toEqual({ id: 2 });
  });

  test('do not know what a server has done of which they hear no more, unless it took its leave', async () => {
    const { events } = await openServer(url, 600);
    const other = await openServer(url, 600);
    const follower = await follow(events);
    const ends = await follow(events, 1500);
    await other.events.close();
    // Nothing is missing: it is silent for longer than a dead one may be.
    expect(await ends.next()).toMatchObject({ type: 'idle' });
    const stranger = await strange(url);
    await stranger.say({ number: 4 });
    expect(await follower.next()).toMatchObject({ type: 'reset', reason: 'gap' });
    await stranger.say({ number: 5 });
    await stranger.say({ number: 7, changes: [{ type: 'project', id: 3 }] });
    await follower.find(isReset);
    expect(dataOf(await follower.next())).toEqual({ id: 3 });
  });

  test('begin anew when they were cut off from the others', async () => {
    const [one, two] = [await openServer(url), await openServer(url)];
    const follower = await follow(one.events);
    const stranger = await strange(url);
    await stranger.cutAll();
    expect(await follower.next()).toMatchObject({ type: 'reset', reason: 'gap' });
    // Both are connected again, in whatever order.
    await expect.poll(() => two.events.isDeaf || one.events.isDeaf, { timeout: 20_000 }).toBe(false);
    await two.db.write(async (tx) => noteChange(tx, { type: 'project', id: 4 }));
    await follower.find((told) => dataOf(told)['id'] === 4);
  });

  test('say with each heartbeat that they know nothing for sure while they do not hear the others', async () => {
    const { events } = await openServer(url);
    const stranger = await strange(url);
    const follower = await follow(events, 50);
    await stranger.forbid();
    await stranger.cutAll();
    const told = [await follower.find(isReset), await follower.next(), await follower.next()];
    expect(told.map((one) => one.type)).toEqual(['reset', 'reset', 'reset']);
    await stranger.allow();
    await follower.find((one) => one.type === 'idle');
    expect(events.isDeaf).toBe(false);
  });
});

/** Somebody else on the database: a server that we make up, and its operator. */
async function strange(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  closing.push(() => client.end());
  const others = `application_name = 'jobyard events' AND datname = current_database()`;
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  const operator = new pg.Client({ connectionString: elsewhere.href });
  await operator.connect();
  closing.push(() => operator.end());
  const letIn = (isAllowed: boolean) =>
    operator.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} ALLOW_CONNECTIONS ${isAllowed}`);
  return {
    say: (message: object) =>
      client.query('SELECT pg_notify($1, $2)', [
        'jobyard_events',
        JSON.stringify({ from: 'a stranger', ...message }),
      ]),
    cutAll: () => client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`),
    forbid: () => letIn(false),
    allow: () => letIn(true),
  };
}

import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  jobsOf,
  planned,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { announceJobs } from './job-changes.ts';
import type { Job } from './job-store.ts';
import { WaitingRunners } from './waiting-runners.ts';

const SOON = 200;

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  let job: Job;
  let other: { runner: Awaited<ReturnType<typeof createTestRunner>>['runner'] };
  let runner: Awaited<ReturnType<typeof createTestRunner>>['runner'];
  beforeAll(async () => {
    db = await openTestDatabase(kind);
    const project = await createProject(db, { shared_runners_enabled: 0 });
    const id = await startedPipeline(db, project, [planned('a')]);
    job = (await jobsOf(db, id))['a']!;
    ({ runner } = await createTestRunner(db, { runner_type: 'project_type', projects: [project.id] }));
    other = await createTestRunner(db);
  });

  const open = () =>
    new WaitingRunners(db, (error) => {
      throw error;
    });
  const never = new AbortController().signal;

  test('a job wakes the place that has waited longest, and no other', async () => {
    const waiting = open();
    const places = [waiting.enter(other.runner), waiting.enter(runner), waiting.enter(runner)];
    waiting.offer([job]);
    expect(await Promise.all(places.map((place) => place.woken(SOON, never)))).toEqual([false, true, false]);
    waiting.offer([job]);
    expect(await Promise.all(places.map((place) => place.woken(SOON, never)))).toEqual([false, true, true]);
    waiting.close();
  });

  test('a place that does not use its job passes it on, one that does keeps it', async () => {
    const waiting = open();
    const [first, second, third] = [waiting.enter(runner), waiting.enter(runner), waiting.enter(runner)];
    waiting.offer([job]);
    await first.woken(SOON, never);
    first.leave({ used: false });
    expect(await second.woken(SOON, never)).toBe(true);
    second.leave({ used: true });
    expect(await third.woken(SOON, never)).toBe(false);
    waiting.close();
  });

  test('a runner that waits is looked at once for jobs that want the same, however many they are', async () => {
    const waiting = open();
    let looks = 0;
    const tagged = {
      ...other.runner,
      get tag_list() {
        looks += 1;
        return '["linux"]';
      },
    };
    for (let count = 0; count < 50; count += 1) waiting.enter(tagged);
    const last = waiting.enter(runner);
    announceJobs([...Array.from({ length: 1000 }, () => ({ ...job, tag_list: '["windows"]' })), job]);
    expect(await last.woken(SOON, never)).toBe(true);
    expect(looks).toBe(50);
    waiting.close();
  });

  test('of jobs that come together one that is taken already, or cannot be asked for, keeps no other from its runner', async () => {
    const reports: unknown[] = [];
    const waiting = new WaitingRunners(db, (error) => reports.push(error));
    const places = [waiting.enter(runner), waiting.enter(runner)];
    waiting.offer([{ ...job, id: 987_654 }, job]);
    expect(await places[0]?.woken(SOON, never)).toBe(true);
    waiting.offer([{ ...job, id: Symbol('none') as unknown as number }, job]);
    expect(await places[1]?.woken(SOON, never)).toBe(true);
    expect(reports).toHaveLength(1);
    waiting.close();
  });

  test('a runner that has hung up is not woken', async () => {
    const waiting = open();
    const call = new AbortController();
    const place = waiting.enter(runner);
    const woken = place.woken(5000, call.signal);
    call.abort();
    expect(await woken).toBe(false);
    waiting.close();
  });

  test('everybody can be woken, and the end of the server ends all waiting', async () => {
    const waiting = open();
    const places = [waiting.enter(runner), waiting.enter(other.runner)];
    waiting.wakeAll();
    expect(await Promise.all(places.map((place) => place.woken(5000, never)))).toEqual([true, true]);
    const late = waiting.enter(runner);
    const woken = late.woken(5000, never);
    waiting.close();
    expect(await woken).toBe(false);
  });
});

import { expect } from 'vitest';
import { applyRetention } from '../../src/retention/apply-retention.ts';
import { planned } from './pipelines.ts';
import type { moveIn, RunnerHouse } from './runner-house.ts';
import { until } from './until.ts';

interface Storage {
  storage_size: number;
  kinds: { kind: string; size: number; count: number }[];
  quotas: { kind: string; full_path: string; storage_limit: number; storage_size: number }[];
  rules: { kind: string; rule: string; value: number; source: string }[];
  next: { kind: string; id: number; name: string; size: number | null; goes_at: string; rule: string }[];
}

/** What the projects of a house store: how it is looked at, brought about and let go. */
export function storageOf(house: RunnerHouse) {
  const storage = async (at: string) => {
    const { status, body } = await house.api<Storage>('GET', `${at}/storage`);
    expect(status).toBe(200);
    return body;
  };
  const sizes = async (at: string) =>
    Object.fromEntries((await storage(at)).kinds.map((one) => [one.kind, [one.size, one.count]]));
  const set = async (at: string, body: object) => {
    const reply = await house.api('PUT', at, { body });
    expect(reply.status).toBe(200);
  };
  const sealed = (jobId: number) =>
    until('the log is sealed', async () => {
      const row = await house.parts.db.read
        .selectFrom('job_traces')
        .select('state')
        .where('job_id', '=', jobId)
        .executeTakeFirst();
      return row?.state === 'sealed' ? true : undefined;
    });
  /** Ends a job of the project with this log and, if it is given, this archive. */
  const runJob = async (
    { runner, start }: Awaited<ReturnType<typeof moveIn>>,
    log: string,
    archive?: Buffer,
    upload: Record<string, string> = {},
  ) => {
    const pipeline_id = await start(planned('job'));
    const { job } = await runner.request();
    await runner.running(job!);
    if (log) await runner.patch(job!, log);
    if (archive) expect((await runner.artifact(job!, archive, upload)).status).toBe(201);
    expect((await runner.finish(job!, 'success', log)).status).toBe(200);
    await sealed(job!.id);
    return { pipeline_id, id: job!.id };
  };
  const retain = async (limits = house.parts.limits) => {
    const [, , handler] = applyRetention(house.parts.db, limits, house.parts.clock);
    await handler({ key: '', payload: {} }, new AbortController().signal);
  };
  const jobStatus = async (at: string, id: number) =>
    (await house.api('GET', `${at}/jobs/${id}/trace`)).status;
  return { storage, sizes, set, sealed, runJob, retain, jobStatus };
}

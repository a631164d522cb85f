import { beforeAll, describe, expect, test } from 'vitest';
import type { Conversation, End, Exchange } from '../conversations/conversation.ts';
import { CONVERSATIONS } from '../conversations/recordings.ts';
import { check, type Names, say, sayHalf } from '../conversations/replay.ts';
import { databases } from '../support/databases.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const HOLD = 50;
const ACKNOWLEDGE = 60_000;

/** How the same conversation may go otherwise. Answers the names known after the exchange. */
type Way = (house: RunnerHouse, exchange: Exchange, names: Names) => Promise<Partial<Names>>;

const asRecorded: Way = async (house, exchange, names) =>
  check(exchange, await say(house.url, exchange, names), exchange.reply);

/** Nothing that comes a second time does anything a second time. */
const everythingTwice: Way = async (house, exchange, names) => {
  const learned = await asRecorded(house, exchange, names);
  const { reply, again = reply } = exchange;
  check(exchange, await say(house.url, exchange, { ...names, ...learned }), again);
  return learned;
};

/** The connection breaks in the middle of the request, and the runner says it anew. */
const brokenOff: Way = async (house, exchange, names) => {
  await sayHalf(house.url, exchange, names);
  return asRecorded(house, exchange, names);
};

/** The reply never reaches the runner, which says it again: only a job it has not heard of is another's. */
const repliesLost: Way = async (house, exchange, names) => {
  check(exchange, await say(house.url, exchange, names), exchange.reply);
  if (exchange.kind === 'request') {
    house.ahead += ACKNOWLEDGE + 1000;
    return asRecorded(house, exchange, names);
  }
  const { reply, again = reply } = exchange;
  check(exchange, await say(house.url, exchange, names), again);
  return {};
};

const WAYS = Object.entries({
  'as recorded': asRecorded,
  'with everything said twice': everythingTwice,
  'with every request broken off and said anew': brokenOff,
  'with every reply lost': repliesLost,
});

/** Chunks of the log come in the wrong order: refused with where to go on, then taken. */
function chunksSwapped({ exchanges }: Conversation): Exchange[] {
  if (!exchanges.some(({ kind }, index) => kind === 'patch' && exchanges[index + 1]?.kind === 'patch'))
    return [];
  return exchanges.flatMap((exchange, index) => {
    const next = exchanges[index + 1];
    if (exchange.kind !== 'patch' || next?.kind !== 'patch') return exchange;
    const headers = { Range: `0-${exchange.start}` };
    return [{ ...next, reply: { status: 416, headers } }, exchange];
  });
}

/** The end is told before the end of the log: the server asks for all of it anew. */
function endTooEarly({ exchanges }: Conversation): Exchange[] {
  const at = exchanges.findIndex(({ kind }) => kind === 'finish');
  const [last, end] = exchanges.slice(at - 1, at + 1);
  if (last?.kind !== 'patch' || !end) return [];
  const log = exchanges.slice(0, at).filter(({ kind }) => kind === 'patch');
  const { body } = end;
  if (!body?.includes('"checksum"')) return [];
  return [...exchanges.slice(0, at - 1), { ...end, reply: { status: 412 } }, ...log, ...exchanges.slice(at)];
}

/** The log comes before the word that the job has begun. */
function logBeforeBegin({ exchanges }: Conversation): Exchange[] {
  const at = exchanges.findIndex(({ kind }) => kind === 'running');
  const [begin, first] = exchanges.slice(at, at + 2);
  if (exchanges[at - 1]?.kind !== 'request' || !begin || first?.kind !== 'patch') return [];
  return [...exchanges.slice(0, at), first, begin, ...exchanges.slice(at + 2)];
}

const ORDERS = Object.entries({
  'with chunks swapped': chunksSwapped,
  'with the end told too early': endTooEarly,
  'with the log before the beginning': logBeforeBegin,
});

const PLAYS = CONVERSATIONS.flatMap((conversation) => {
  const { name, exchanges } = conversation;
  const isStopped = exchanges.some(({ before }) => before);
  const ways = WAYS.map(([how, way]) => ({ name: `${name}, ${how}`, conversation, exchanges, way }));
  const orders = ORDERS.map(([how, order]) => ({
    name: `${name}, ${how}`,
    conversation,
    exchanges: isStopped ? [] : order(conversation),
    way: asRecorded,
  }));
  return [...ways, ...orders.filter((play) => play.exchanges.length > 0)];
});

describe.each(databases)('what runners of four generations say, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { job_request_hold: HOLD, job_acknowledge: ACKNOWLEDGE });
  });

  async function play({ jobs, ends }: Conversation, exchanges: Exchange[], way: Way) {
    const { runner, project, start } = await moveIn(house);
    const pipeline = await start(...jobs.map(({ name = '', ...over }) => planned(name, over)));
    let names: Names = { runner_token: runner.token, job: '', job_token: '', dependency: '' };
    for (const exchange of exchanges) {
      if (exchange.before === 'cancel')
        await house.api('POST', `/projects/${project.id}/jobs/${names.job}/cancel`);
      names = { ...names, ...(await way(house, exchange, names)) };
    }
    const found = await jobsOf(house.parts.db, pipeline);
    for (const [name, { exit_code = null, ...end }] of Object.entries(ends)) {
      expect(found[name]).toMatchObject({ exit_code });
      await endedAs(`/projects/${project.id}/jobs/${found[name]?.id}`, end);
    }
    return Object.fromEntries(Object.values(found).map((job) => [job.name, job.status]));
  }

  /** Compares the job, its log and its artifacts with the recording, over the API. */
  async function endedAs(at: string, { log, artifacts = {}, ...end }: Omit<End, 'exit_code'>) {
    const { body: job } = await house.api<{ artifacts: Record<string, unknown>[] }>('GET', at);
    expect(job).toMatchObject(end);
    const bytesOf = async (path: string) => {
      const response = await fetch(`${house.url}/api/v4${at}${path}`, {
        headers: { 'private-token': house.rootToken },
      });
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    };
    const stored = await bytesOf('/trace');
    expect([stored.length, stored.equals(log)]).toEqual([log.length, true]);
    for (const [file_type, { filename, bytes }] of Object.entries(artifacts))
      expect(job.artifacts).toContainEqual(
        expect.objectContaining({ file_type, filename, size: bytes.length }),
      );
    if (artifacts.archive) expect((await bytesOf('/artifacts')).equals(artifacts.archive.bytes)).toBe(true);
  }

  test.each(PLAYS)('$name', async ({ conversation, exchanges, way }) => {
    const statuses = Object.entries(conversation.ends).map(([name, { status }]) => [name, status]);
    expect(await play(conversation, exchanges, way)).toEqual(Object.fromEntries(statuses));
  });
});

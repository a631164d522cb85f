import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../src/db/dialect.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Benchmark, Context } from './frame/benchmark.ts';
import { type Answer, Connection, requestBytes } from './frame/connection.ts';
import { openPostgres } from './frame/databases.ts';
import { type Figure, measure, type Step } from './frame/measure.ts';
import { type ServerProcess, startJobyard, startServer } from './frame/server-process.ts';
import { COMMON, createdAt, RARE, seedHistory } from './seed/history.ts';
import { PROJECT } from './seed/people.ts';

const MANY = 1_000_000;
const FEW = 1000;
const CONNECTIONS = 8;
/** On a page. */
const JOBS = 20;
/** Until all code is compiled and, on SQLite, both servers have their threads. */
const WARM_UP_S = 4;
const inWords = (count: number) => count.toLocaleString('en-US');

export const benchmark: Benchmark = {
  name: 'A page of a list of jobs',
  about: `\`GET /projects/:id/jobs?per_page=${JOBS}\` over HTTP, by a developer with an access token, over ${CONNECTIONS}
connections at a time, in a project of ${inWords(MANY)} jobs. The floor is a bare node:http server in a process of its
own that writes the same headers and bytes. On SQLite the server under such load has a thread that reads the pages, so it
uses both processors, and the floor one. The other rows compare a page with the same page in a project of
${inWords(FEW)} jobs: at 1× it costs the same however many there are.`,
  async run(context) {
    const figures = await onDatabase(context, 'SQLite', async () => null, PAGES);
    const postgres = await openPostgres();
    try {
      const some = PAGES.slice(0, 3);
      return [...figures, ...(await onDatabase(context, 'PostgreSQL', () => postgres.create(), some))];
    } finally {
      await postgres.stop();
    }
  },
};

/** Pages that must cost the same however many jobs there are: what they ask for besides `per_page`. */
interface Page {
  name: string;
  query: (jobs: number) => Record<string, string>;
}

const moment = (job: number) => new Date(createdAt(Math.ceil(job))).toISOString();

const PAGES: Page[] = [
  { name: 'first page', query: () => ({}) },
  { name: 'first page by keyset', query: () => ({ pagination: 'keyset' }) },
  {
    name: 'by keyset, from the middle on',
    query: (jobs) => ({ pagination: 'keyset', id_before: String(Math.ceil(jobs / 2)) }),
  },
  ...Object.entries(RARE).map(([key, value]) => ({
    name: `${key}=${value}, of which there are few`,
    query: () => ({ [key]: value }),
  })),
  ...Object.entries(COMMON).map(([key, value]) => ({
    name: `${key}=${value}`,
    query: () => ({ [key]: value }),
  })),
  { name: 'created_after a while ago', query: (jobs) => ({ created_after: moment(jobs - FEW / 2) }) },
  { name: 'created_before the middle', query: (jobs) => ({ created_before: moment(jobs / 2) }) },
];

/** A project of so many jobs on a server of its own. */
interface Yard {
  server: ServerProcess;
  jobs: number;
  token: string;
}

async function onDatabase(
  { folder, seconds, scale, progress }: Context,
  database: string,
  createUrl: () => Promise<string | null>,
  pages: Page[],
): Promise<Figure[]> {
  const running: ServerProcess[] = [];
  const openYard = async (jobs: number): Promise<Yard> => {
    const data = join(folder, `${database}-${jobs}`);
    mkdirSync(data);
    const url = await createUrl();
    const token = await seed(data, url, jobs, progress);
    const server = await startJobyard(data, url);
    running.push(server);
    return { server, jobs, token };
  };
  try {
    const few = await openYard(FEW);
    const many = await openYard(Math.max(FEW, MANY * scale));
    const bare = await startFloor(folder, await answerOf(many.server, pageRequest(many, {})));
    running.push(bare);

    progress('warming up');
    const warm = [await pageStep('', many, {}), await pageStep('', few, {})] as const;
    await measure(...warm, Math.min(WARM_UP_S, seconds * WARM_UP_S));
    for (const step of warm) step.close();

    const figures: Figure[] = [];
    const compare = async (subject: Step & Closing, floor: Step & Closing) => {
      progress(subject.name);
      figures.push(await measure(subject, floor, seconds));
      subject.close();
      floor.close();
    };
    await compare(
      await pageStep(`${database}, ${inWords(many.jobs)} jobs: first page`, many, {}),
      await floorStep('bare node:http, the same bytes', bare),
    );
    for (const { name, query } of pages)
      await compare(
        await pageStep(`${database}, ${inWords(many.jobs)} jobs: ${name}`, many, query(many.jobs)),
        await pageStep(`of ${inWords(FEW)} jobs`, few, query(FEW)),
      );
    return figures;
  } finally {
    for (const server of running) await server.stop();
  }
}

async function seed(data: string, url: string | null, jobs: number, progress: Context['progress']) {
  const db = await openDatabase(data, url);
  try {
    await migrate(db);
    return await seedHistory(db, jobs, progress);
  } finally {
    await db.close();
  }
}

interface Closing {
  close(): void;
}

/** Gets the page again and again. Says so when it is no full one. */
async function pageStep(name: string, yard: Yard, query: Record<string, string>): Promise<Step & Closing> {
  const request = pageRequest(yard, query);
  const { length } = JSON.parse((await answerOf(yard.server, request)).body.toString()) as object[];
  const named = length === JOBS ? name : `${name} (${length} found)`;
  return { ...(await getStep(named, yard.server, request)), pauses: yard.server.pauses };
}

const floorStep = (name: string, server: ServerProcess) =>
  getStep(name, server, requestBytes('GET', '/', {}));

async function getStep(name: string, server: ServerProcess, request: Buffer): Promise<Step & Closing> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(server.url)),
  );
  return {
    name,
    concurrency: CONNECTIONS,
    once: async (lane) => {
      const answer = await connections[lane]?.exchange(request);
      if (answer?.status !== 200)
        throw new Error(`${name} is not answered with a page:\n${answer?.head}\n\n${answer?.body}`);
    },
    close: () => connections.forEach((connection) => connection.close()),
  };
}

function pageRequest({ token }: Yard, query: Record<string, string>): Buffer {
  const path = `/api/v4/projects/${PROJECT.id}/jobs?${new URLSearchParams({ per_page: String(JOBS), ...query })}`;
  return requestBytes('GET', path, { 'PRIVATE-TOKEN': token });
}

async function answerOf({ url }: ServerProcess, request: Buffer): Promise<Answer> {
  const connection = await Connection.open(url);
  const answer = await connection.exchange(request);
  connection.close();
  return answer;
}

/** The bare server that writes what the real one has answered. */
function startFloor(folder: string, { head, body }: Answer): Promise<ServerProcess> {
  const own = new Set(['connection', 'keep-alive', 'date']);
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
    .filter(([name = '']) => !own.has(name.toLowerCase()));
  const [headersFile, bodyFile] = [join(folder, 'headers.json'), join(folder, 'body')];
  writeFileSync(headersFile, JSON.stringify(Object.fromEntries(headers)));
  writeFileSync(bodyFile, body);
  return startServer('bench/floors/same-bytes.ts', [headersFile, bodyFile]);
}

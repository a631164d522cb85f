/**
 * A bare node:http server that keeps what a job's lifecycle must keep, and nothing else: each change of a job's
 * state is one row, changes that wait together share one COMMIT with synchronous=FULL; all logs go into one file,
 * which is synced before a job's end is kept. It hands out the payload of the file it is given.
 */
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { fdatasync, write } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

const [folder = '', payloadFile = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { id: _, ...payload } = JSON.parse(readFileSync(payloadFile, 'utf8')) as { id: number };
const rest = JSON.stringify(payload).slice(1);

const database = new DatabaseSync(join(folder, 'floor.db'));
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE changes (job_id INTEGER, status TEXT, PRIMARY KEY (job_id, status))`);
const insert = database.prepare('INSERT INTO changes (job_id, status) VALUES (?, ?)');
const log = openSync(join(folder, 'logs'), 'a');

let waiting: { job: number; status: string; kept: () => void }[] = [];

/** Keeps a change of state, with those that come before the next turn. */
function keep(job: number, status: string): Promise<void> {
  return new Promise((resolve) => {
    waiting.push({ job, status, kept: resolve });
    if (waiting.length > 1) return;
    setImmediate(() => {
      const together = waiting;
      waiting = [];
      database.exec('BEGIN');
      for (const change of together) insert.run(change.job, change.status);
      database.exec('COMMIT');
      for (const { kept } of together) kept();
    });
  });
}

const append = promisify(write) as (file: number, bytes: Uint8Array) => Promise<unknown>;
const sync = promisify(fdatasync);
let syncing: Promise<void> | null = null;
let next: Promise<void> | null = null;

/** Syncs all that was written before the call; calls that wait together share one sync. */
function syncLogs(): Promise<void> {
  next ??= (syncing ?? Promise.resolve()).then(() => {
    next = null;
    syncing = sync(log);
    return syncing;
  });
  return next;
}

let jobs = 0;

async function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const send = (status: number, text: string) =>
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(text) }).end(text);
  if (request.method === 'POST') {
    const job = ++jobs;
    await keep(job, 'pending');
    send(201, `{"id":${job},${rest}`);
    return;
  }
  const job = Number(request.url?.split('/')[4]);
  if (request.method === 'PATCH') {
    await append(log, body);
    send(202, '');
    return;
  }
  const { state } = JSON.parse(body.toString()) as { state: string };
  if (state !== 'running') await syncLogs();
  await keep(job, state);
  send(200, '200');
}

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => void answer(request, Buffer.concat(parts), response));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

import { afterAll, afterEach, beforeAll } from 'vitest';
import { ProtocolServer, type ServedJob } from './protocol-server.ts';
import { RunnerProcess, type Mode } from './runner-process.ts';

interface RunnerOfServer {
  server: ProtocolServer;
  runner: RunnerProcess;
  /** Queues a job on the server; what is given stands beside or replaces the usual payload. */
  enqueue: (payload: Record<string, unknown>, id?: number) => ServedJob;
}

/** A server and a runner of it, which all tests of the surrounding `describe` share. */
export function runnerOfServer(mode: Mode): RunnerOfServer {
  const server = new ProtocolServer();
  const runner = new RunnerProcess(mode);
  beforeAll(async () => {
    await server.listen();
    runner.start(server.url);
  });
  afterEach(() => {
    server.trouble = () => undefined;
  });
  afterAll(async () => {
    await runner.remove();
    await server.close();
  });
  return { server, runner, enqueue: (payload, id = nextId()) => server.enqueue(id, payload) };
}

let lastId = 100;

/** The id of a job that no test has used yet. */
export function nextId(): number {
  lastId += 1;
  return lastId;
}

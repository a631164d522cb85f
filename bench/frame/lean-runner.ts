import { type RunnerReply, SimulatedRunner } from '../../test/support/simulated-runner.ts';
import { Connection, requestBytes } from './connection.ts';

/** A simulated runner with one connection that costs less than `node:http`'s, and one call at a time. */
export class LeanRunner extends SimulatedRunner {
  #connection: Promise<Connection> | null = null;

  override async send(
    method: string,
    path: string,
    body: Buffer | null,
    headers: Record<string, string>,
  ): Promise<RunnerReply> {
    const connection = await (this.#connection ??= Connection.open(this.url));
    const answer = await connection.exchange(requestBytes(method, `/api/v4${path}`, headers, body));
    return { status: answer.status, headers: {}, body: answer.body };
  }

  override close(): void {
    super.close();
    void this.#connection?.then((connection) => connection.close());
  }
}

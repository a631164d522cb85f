import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  /** The status line and headers as they came, without the empty line behind them. */
  head: string;
  body: Buffer;
}

/**
 * A connection that stays open and carries one HTTP exchange at a time: as much of a client as measuring
 * needs. `node:http`'s costs several times as much, and then it is the client that is measured.
 */
export class Connection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #waiting: PromiseWithResolvers<Answer> | null = null;
  /** Known once the head has come. */
  #answer: { status: number; head: string; from: number; to: number } | null = null;
  #size = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server has closed the connection')));
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /**
   * Sends a whole request, which may come in parts, and answers the reply to it.
   * @throws Error when the server closes the connection before that, or has closed it already
   */
  exchange(...request: (string | Uint8Array)[]): Promise<Answer> {
    const { promise } = (this.#waiting = Promise.withResolvers<Answer>());
    // What is written to a socket that has been closed is dropped without a word.
    if (this.#socket.destroyed) this.#fail(new Error('the server has closed the connection'));
    else for (const part of request) this.#socket.write(part);
    return promise;
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    this.#answer ??= this.#readHead();
    if (!this.#answer || this.#size < this.#answer.to) return;
    const { status, head, from, to } = this.#answer;
    const body = this.#whole().subarray(from, to);
    const waiting = this.#waiting;
    this.#chunks = [];
    this.#size = 0;
    this.#answer = null;
    this.#waiting = null;
    waiting?.resolve({ status, head, body });
  }

  #readHead() {
    const bytes = this.#whole();
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const head = bytes.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined && status !== 204) {
      this.#fail(new Error(`a reply without a length is not understood here:\n${head}`));
      return null;
    }
    const from = end + 4;
    return { status, head, from, to: from + Number(length ?? 0) };
  }

  #whole(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

/** A request as bytes. */
export function requestBytes(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array | null = null,
): Buffer {
  const lines = Object.entries({ Host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const length = body ? [`Content-Length: ${body.length}`] : [];
  const head = Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, ...length, '', ''].join('\r\n'));
  return body ? Buffer.concat([head, body]) : head;
}

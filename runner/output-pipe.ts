import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { wait } from './wait.ts';

/** Milliseconds without output after which a pipe that a background process keeps open counts as read. */
const QUIET = 100;

/**
 * A pipe for what a process writes to stdout and stderr, in the order in which it writes. It is a named pipe
 * that has lost its name: Node's own are sockets, on which `echo >/dev/stderr` fails, and an anonymous pipe
 * cannot be reopened by a process of another user.
 */
export class OutputPipe {
  /** What the process gets as its stdout and stderr. */
  readonly fd: number;
  readonly #socket: Socket;
  readonly #ended: Promise<void>;
  #lastData = 0;
  #closed = false;

  private constructor(fd: number, socket: Socket, sink: { write: (chunk: Buffer) => void; end: () => void }) {
    this.fd = fd;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#lastData = performance.now();
      sink.write(chunk);
    });
    socket.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#closed = true;
        sink.end();
        resolve();
      });
    });
  }

  /** @param path a free path that only this user can reach. */
  static async open(
    path: string,
    sink: { write: (chunk: Buffer) => void; end: () => void },
  ): Promise<OutputPipe> {
    await promisify(execFile)('mkfifo', ['-m', '622', path]);
    try {
      const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writeEnd = openSync(path, constants.O_WRONLY);
      return new OutputPipe(writeEnd, new Socket({ fd: readEnd, readable: true, writable: false }), sink);
    } finally {
      rmSync(path, { force: true });
    }
  }

  /** Closes this process's hold on the writing end; to be called once the child has it. */
  release(): void {
    closeSync(this.fd);
  }

  /**
   * Waits until all that a finished process wrote has been read. What its background processes write later is
   * still taken.
   */
  async drained(): Promise<void> {
    const from = performance.now();
    while (!this.#closed) {
      const quietFor = performance.now() - Math.max(from, this.#lastData);
      if (quietFor >= QUIET) return;
      await Promise.race([this.#ended, wait(QUIET - quietFor)]);
    }
  }

  /** Stops reading. */
  async destroy(): Promise<void> {
    this.#socket.destroy();
    await this.#ended;
  }
}

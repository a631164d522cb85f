import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEachFile } from './after-each-file.ts';

/** A way to a server on this machine that can be cut, as when that server is not there. */
export interface Wire {
  /** The given address, through the wire. */
  url: string;
  /** Ends all connections; new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Lets nothing through, without a word: as when that server is stopped, but not gone. */
  hold(): void;
  /** Lets through what was held. */
  release(): void;
}

const wires: Wire[] = [];

export async function breakableWire(url: string): Promise<Wire> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  let server: Server;
  let held = false;
  let port = 0;
  const wire: Wire = {
    url: '',
    async mend() {
      server = createServer((near) => {
        const far = connect(Number(target.port), target.hostname);
        keep(near);
        keep(far);
        near.pipe(far).pipe(near);
        if (held) for (const socket of [near, far]) socket.pause();
        near.once('close', () => far.destroy());
        far.once('close', () => near.destroy());
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
    hold() {
      held = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      held = false;
      for (const socket of sockets) socket.resume();
    },
    async cut() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await once(server, 'close');
    },
  };
  await wire.mend();
  const through = new URL(url);
  through.host = `127.0.0.1:${port}`;
  wire.url = through.href;
  wires.push(wire);
  return wire;
}

afterEachFile(async () => {
  for (const wire of wires.splice(0)) await wire.cut();
});

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEachFile } from './after-each-file.ts';

/** AuthenticationOk: what comes behind it is the same for every client. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
/** ReadyForQuery, outside of a transaction. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
/** The first byte of a Terminate. */
const GOODBYE = 0x58;

const endings: (() => void)[] = [];
afterEachFile(() => {
  for (const end of endings.splice(0)) end();
});

/**
 * A PostgreSQL server as it is behind a pooler that gives a connection away with the end of each transaction: all clients
 * have the only one, each while it asks. Answers its address.
 */
export async function transactionPooler(url: string): Promise<string> {
  const target = new URL(url);
  const far = connect(Number(target.port), target.hostname);
  endings.push(() => far.destroy());
  let asking: Socket | null = null;
  let greeting = Buffer.alloc(0);
  const isGreeted = () => greeting.subarray(-READY.length).equals(READY);
  far.on('data', (bytes: Buffer) => {
    if (!isGreeted()) greeting = Buffer.concat([greeting, bytes]);
    asking?.write(bytes);
  });
  return pooler(url, (near) => {
    let isWelcome = !isGreeted();
    near.on('data', (bytes: Buffer) => {
      asking = near;
      if (bytes[0] === GOODBYE) near.end();
      else if (isWelcome) far.write(bytes);
      else near.write(greeting.subarray(greeting.indexOf(WELCOME)));
      isWelcome = true;
    });
  });
}

/** A server that refuses the settings that a connection begins with, in the words of PgBouncer. */
export const poolerWithoutOptions = (url: string): Promise<string> =>
  pooler(url, (near) => {
    const fields = ['SFATAL', 'C08P01', 'Munsupported startup parameter: options', ''].join('\0');
    const text = Buffer.from(`${fields}\0`);
    const head = Buffer.from([0x45, 0, 0, 0, text.length + 4]);
    near.once('data', () => near.end(Buffer.concat([head, text])));
  });

async function pooler(url: string, answer: (near: Socket) => void): Promise<string> {
  const server = createServer((near) => {
    endings.push(() => near.destroy());
    near.on('error', () => {});
    answer(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => server.close());
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return through.href;
}

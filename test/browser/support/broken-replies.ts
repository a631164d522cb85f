import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a server on which some replies break off within their body. */
export interface BrokenReplies {
  url: string;
  /** From now on all are whole. */
  mend: () => void;
}

/** For one test. @param which the addresses whose replies break off */
export async function brokenReplies(url: string, which: RegExp): Promise<BrokenReplies> {
  let isBroken = true;
  const way = createServer((asked, answer) => {
    const { method, headers, url: path = '/' } = asked;
    if (isBroken && which.test(path)) {
      answer.writeHead(200, { 'content-length': '1000' });
      answer.write('a beginning', () => answer.destroy());
      return;
    }
    const further = request(new URL(path, url), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    further.once('error', () => answer.destroy());
    answer.once('close', () => further.destroy());
    asked.pipe(further);
  });
  await once(way.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    way.close();
    way.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    mend: () => void (isBroken = false),
  };
}

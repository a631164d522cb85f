import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { StartError } from '../errors.ts';

const REASONS: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is in use: stop what listens there, or choose another with --port N.`,
  EACCES: (_host, port) =>
    `Port ${port} needs more rights than this user has: choose one above 1023 with --port N.`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine: choose another with --host ADDRESS.`,
  ENOTFOUND: (host) => `${host} is not an address of this machine: choose another with --host ADDRESS.`,
};

/**
 * Listens, and answers the address under which this machine reaches the server.
 * @throws StartError when it cannot
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = REASONS[code];
    throw reason ? new StartError(reason(host, port)) : error;
  }
  const { port: chosen } = app.server.address() as AddressInfo;
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${chosen}`;
}

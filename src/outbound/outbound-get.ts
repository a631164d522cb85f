import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { forbiddenAddress } from './forbidden-address.ts';
import { OutboundError } from './outbound-error.ts';

// Not imported: an import asks for all that they have, and so loads Node's fetch besides, some 4 MB.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** The addresses of a host name. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

export interface OutboundOptions {
  /** Networks that are allowed though they are not public. */
  allowed: readonly string[];
  /** Milliseconds that all of it may take, redirects included. */
  deadline: number;
  /** Bytes of the body. */
  limit: number;
  resolve?: Resolve;
}

const MAX_REDIRECTS = 5;
const lookupAll = promisify(lookup) as (host: string, options: { all: true }) => Promise<LookupAddress[]>;

/**
 * The body at an http(s) address that a stranger has named, without credentials. What the name stands for is looked
 * at before a connection is made, to that very address, and again at each redirect. No proxy is used: it would
 * resolve names by itself.
 * @throws OutboundError
 */
export async function outboundGet(address: string, options: OutboundOptions): Promise<Buffer> {
  const signal = AbortSignal.timeout(options.deadline);
  try {
    let url = parse(address);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await getOnce(url, options, signal);
      if (!('redirect' in answer)) return answer.body;
      url = parse(answer.redirect, url);
    }
  } catch (error) {
    throw signal.aborted ? new OutboundError('timeout', 'it took too long') : asOutboundError(error);
  }
  throw new OutboundError('protocol', `it redirects more than ${MAX_REDIRECTS} times`);
}

type Answer = { body: Buffer } | { redirect: string };

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new OutboundError('protocol', `${JSON.stringify(address)} is no http:// or https:// address`);
}

async function getOnce(url: URL, options: OutboundOptions, signal: AbortSignal): Promise<Answer> {
  const addresses = await checkedAddresses(url, options, signal);
  const { request: send, Agent } = url.protocol === 'https:' ? https : http;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = send(url, {
    // Of its own: no connection to an address that was not looked at, and none of the environment's proxies.
    agent: new Agent({ keepAlive: false }),
    auth: undefined,
    lookup: pinned(addresses),
    signal,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Jobyard' },
  });
  request.on('error', reject);
  request.on('upgrade', (_response, socket) => {
    socket.destroy();
    reject(new OutboundError('protocol', 'it changes the protocol'));
  });
  request.on('response', (response) => {
    const status = response.statusCode ?? 0;
    const stop = (outcome: Answer | OutboundError) => {
      if (outcome instanceof OutboundError) reject(outcome);
      else resolve(outcome);
      request.destroy();
    };
    const { location } = response.headers;
    response.on('error', reject);
    if (status >= 400) return stop(new OutboundError('status', `HTTP code ${status}`, status));
    if (status >= 300 && location === undefined)
      return stop(new OutboundError('protocol', `HTTP code ${status} without an address`));
    if (status >= 300 && location !== undefined) return stop({ redirect: location });
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > options.limit) stop(new OutboundError('too_large', 'it is too big'));
    });
    response.on('end', () => resolve({ body: Buffer.concat(chunks) }));
  });
  request.end();
  // The signal ends what is sent; that the promise ends too does not depend on what comes of that.
  return await unlessLate(promise, signal);
}

/** All that a host stands for; one that is not allowed is enough to refuse it. */
async function checkedAddresses(
  url: URL,
  { allowed, resolve = (host) => lookupAll(host, { all: true }) }: OutboundOptions,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family ? [{ address: host, family }] : await unlessLate(resolve(host), signal);
  if (addresses.length === 0) throw new OutboundError('socket', `${host} has no address`);
  for (const { address } of addresses) {
    const why = forbiddenAddress(address, allowed);
    if (why !== null) throw new OutboundError('blocked', why);
  }
  return addresses;
}

/** Answers what was found before, whatever it is asked. */
const pinned =
  (addresses: LookupAddress[]): LookupFunction =>
  (_host, { all }, answer) => {
    const [first] = addresses;
    if (all) answer(null, addresses);
    else answer(null, first?.address ?? '', first?.family);
  };

async function unlessLate<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, late]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function asOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return new OutboundError('refused', 'Connection refused');
  return new OutboundError(code.startsWith('HPE_') ? 'protocol' : 'socket', message);
}

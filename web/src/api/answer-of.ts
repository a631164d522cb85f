import { ApiProblem, problemOf } from './problem.ts';

interface Asked {
  /** The first and the last byte. */
  range?: readonly [number, number];
  signal?: AbortSignal;
  cache?: RequestCache;
}

/**
 * The bytes of a reply, for what the typed client is not made for.
 * @throws ApiProblem, also where nobody answers or the connection breaks; what `signal` was aborted with
 */
export async function bytesOf(address: string, asked: Asked): Promise<Uint8Array> {
  const response = await answerOf(address, asked);
  return await reached(async () => new Uint8Array(await response.arrayBuffer()), asked);
}

/** The same for JSON. */
export async function jsonOf<T>(address: string, asked: Asked): Promise<T> {
  const response = await answerOf(address, asked);
  return await reached(async () => (await response.json()) as T, asked);
}

/** The same as it comes; whoever takes no more of it ends it. */
export async function* piecesOf(address: string, asked: Asked): AsyncGenerator<Uint8Array, void, void> {
  const { body } = await answerOf(address, asked);
  if (!body) return;
  const reader = body.getReader();
  const next = () => reached(() => reader.read(), asked);
  try {
    for (let piece = await next(); !piece.done; piece = await next()) yield piece.value;
  } finally {
    // Of one that has broken nothing is left to end.
    await reader.cancel().catch(() => {});
  }
}

/** A reply that is no refusal, its body still to be read. @throws as `bytesOf` */
async function answerOf(address: string, asked: Asked): Promise<Response> {
  const { range, ...how } = asked;
  const headers = range && { headers: { Range: `bytes=${range[0]}-${range[1]}` } };
  const response = await reached(() => fetch(address, { ...how, ...headers }), asked);
  if (response.ok) return response;
  throw await reached(() => problemOf(response), asked);
}

async function reached<T>(work: () => Promise<T>, { signal }: Asked): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, 'The server cannot be reached.');
  }
}

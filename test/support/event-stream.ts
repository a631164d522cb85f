import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** A server-sent event, or a comment (`event` is `comment` then). */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/** A stream of events that is read only as far as it is asked for. */
export interface EventStream {
  status: number;
  headers: IncomingHttpHeaders;
  /** The next event, comments included; null: the server has ended the stream. */
  next(): Promise<ServerEvent | null>;
  /** The events up to the end of the stream, without comments. */
  rest(): Promise<ServerEvent[]>;
  /** Hangs up. */
  close(): void;
  /** The reply itself, for whoever reads slowly. */
  response: IncomingMessage;
}

/** Asks for a stream of events, as the owner of `token`. */
export async function openEventStream(
  url: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    http
      .get(url, {
        headers: { accept: 'text/event-stream', 'private-token': token, ...headers },
        agent: false,
      })
      .on('response', resolve)
      .on('error', reject);
  });
  const blocks = blocksOf(response);
  const next = async () => {
    const { value } = await blocks.next();
    return value ? parse(value) : null;
  };
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    response,
    next,
    async rest() {
      const events: ServerEvent[] = [];
      for (let one = await next(); one; one = await next()) if (one.event !== 'comment') events.push(one);
      return events;
    },
    close: () => response.destroy(),
  };
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<string, undefined, void> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += (chunk as Buffer).toString('latin1');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      yield* blocks;
    }
  } catch (error) {
    if (!response.destroyed) throw error;
  }
  return undefined;
}

function parse(block: string): ServerEvent {
  const fields = block
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]);
  const field = (name: string) => fields.find(([one]) => one === name)?.[1];
  return { id: field('id') ?? null, event: field('event') ?? 'comment', data: field('data') ?? '' };
}

/** One server-sent event. */
export interface ServerEvent {
  /** Null: it has none of its own. */
  id: string | null;
  type: string;
  data: string;
}

/**
 * Reads server-sent events out of text that comes in pieces. A browser's EventSource would do, but cannot be told
 * from which byte on, and knows only strings of a whole stream.
 */
export class ServerEventReader {
  #rest = '';
  #id: string | null = null;
  #type = '';
  #data: string[] = [];

  /** The events that are complete with this piece. */
  read(piece: string): ServerEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): ServerEvent | null {
    if (line === '') {
      const event = { id: this.#id, type: this.#type || 'message', data: this.#data.join('\n') };
      const isOne = this.#data.length > 0;
      this.#type = '';
      this.#data = [];
      this.#id = null;
      return isOne ? event : null;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'id') this.#id = value;
    else if (name === 'event') this.#type = value;
    else if (name === 'data') this.#data.push(value);
    return null;
  }
}

/** The bytes of a base64 text. */
export function bytesOfBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

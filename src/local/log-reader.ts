import { type ApiClient, ApiRefusal } from './api-client.ts';

/** Marks that a viewer would fold a log by; the line that follows one is the section's title. */
const SECTION = /section_(?:start|end):\d+:[^\r\n]*\r(?:\x1b\[0K)?/g;

/** Reads a job's log as it grows, line by line. */
export class LogReader {
  readonly #api: ApiClient;
  readonly #path: string;
  readonly #decoder = new TextDecoder();
  #offset = 0;
  #rest = '';

  constructor(api: ApiClient, project_id: number, job_id: number) {
    this.#api = api;
    this.#path = `/projects/${project_id}/jobs/${job_id}/trace`;
  }

  /** The lines that have come since, as a terminal would show them. `toEnd`: also one that nothing has ended. */
  async read(toEnd: boolean): Promise<string[]> {
    this.#rest += this.#decoder.decode(await this.#more(), { stream: !toEnd });
    const lines = this.#rest.split('\n');
    this.#rest = toEnd ? '' : (lines.pop() ?? '');
    if (toEnd && lines.at(-1) === '') lines.pop();
    // What a mark stands before may have no text of its own.
    return lines.map(shownOf).filter((line): line is string => line !== null);
  }

  async #more(): Promise<Uint8Array> {
    try {
      const headers = { Range: `bytes=${this.#offset}-` };
      const reply = await this.#api.request('GET', this.#path, { headers });
      const bytes = new Uint8Array(await reply.arrayBuffer());
      this.#offset += bytes.length;
      return bytes;
    } catch (error) {
      if (error instanceof ApiRefusal && (error.status === 416 || error.status === 404))
        return new Uint8Array();
      throw error;
    }
  }
}

/** The line without marks, and of what was written over itself the last; null when there was nothing but marks. */
function shownOf(line: string): string | null {
  const text = line.replaceAll(SECTION, '').replace(/\r+$/, '');
  if (text === '' && line !== '' && line !== '\r') return null;
  return text.slice(text.lastIndexOf('\r') + 1);
}

import type { XmlReader } from './xml.ts';

/** Hits by line, by the path of a file in the repository. */
export type CoveredFiles = Map<string, Map<number, number>>;

/** Lines of one report; a larger one is refused rather than held in memory. */
const MOST_LINES = 2_000_000;
const LONGEST_PATH = 4096;

class Collector {
  readonly files: CoveredFiles = new Map();
  #lines = 0;

  add(path: string, line: number, hits: number): void {
    if (path === '' || path.length > LONGEST_PATH || !Number.isSafeInteger(line) || line < 1) return;
    let lines = this.files.get(path);
    if (!lines) this.files.set(path, (lines = new Map()));
    const known = lines.get(line);
    if (known === undefined && ++this.#lines > MOST_LINES)
      throw new Error(`there are more than ${MOST_LINES} lines`);
    lines.set(line, (known ?? 0) + (Number.isFinite(hits) && hits > 0 ? Math.floor(hits) : 0));
  }
}

/**
 * Cobertura: `class` elements name a file relative to a `source`; a source below the project's folder
 * (`…/group/project/lib`) is put before it.
 */
export class CoberturaReader implements XmlReader {
  readonly #collected = new Collector();
  readonly #project: string;
  #source: string | null = null;
  #prefix = '';
  #file = '';

  /** `project`: the full path of the project. */
  constructor(project: string) {
    this.#project = `/${project}/`;
  }

  get files(): CoveredFiles {
    return this.#collected.files;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'source') this.#source = '';
    else if (name === 'class') this.#file = this.#pathOf(attributes.filename ?? '');
    else if (name === 'line' && this.#file !== '')
      this.#collected.add(this.#file, Number(attributes.number), Number(attributes.hits));
  }

  text(text: string): void {
    if (this.#source !== null) this.#source = (this.#source + text).slice(0, LONGEST_PATH);
  }

  close(name: string): void {
    if (name === 'class') this.#file = '';
    if (name !== 'source' || this.#source === null) return;
    const source = `${this.#source.trim()}/`;
    const at = source.indexOf(this.#project);
    if (this.#prefix === '' && at >= 0)
      this.#prefix = source.slice(at + this.#project.length).replace(/\/+$/, '/');
    this.#source = null;
  }

  #pathOf(filename: string): string {
    const at = filename.indexOf(this.#project);
    if (filename.startsWith('/')) return at < 0 ? '' : filename.slice(at + this.#project.length);
    return `${this.#prefix === '/' ? '' : this.#prefix}${filename.replace(/^(\.\/)+/, '')}`;
  }
}

/** JaCoCo: `sourcefile` elements in a `package`, whose lines count instructions that were covered. */
export class JacocoReader implements XmlReader {
  readonly #collected = new Collector();
  #package = '';
  #file = '';

  get files(): CoveredFiles {
    return this.#collected.files;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'package') this.#package = attributes.name ?? '';
    else if (name === 'sourcefile')
      this.#file = [this.#package, attributes.name ?? ''].filter((part) => part !== '').join('/');
    else if (name === 'line' && this.#file !== '')
      this.#collected.add(this.#file, Number(attributes.nr), Number(attributes.ci) > 0 ? 1 : 0);
  }

  text(): void {}

  close(name: string): void {
    if (name === 'sourcefile') this.#file = '';
  }
}

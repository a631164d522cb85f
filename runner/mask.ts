const TOKEN_BODY = /[\w.=-]/;
const URL_VALUE = /[^\s&"'<>#]/;

const TOKEN_PREFIXES = [
  'glpat-',
  'glrt-',
  'glrtr-',
  'glcbt-',
  'gldt-',
  'glptt-',
  'glft-',
  'glimt-',
  'glagent-',
];
const URL_PARAMETERS = ['private_token', 'job_token', 'access_token', 'X-Amz-Signature', 'X-Amz-Credential'];

/**
 * Replaces secrets in a text that arrives in pieces. A piece's end that could be the beginning of a secret is
 * held back until the next piece decides, so that a secret cut in two is found as well.
 *
 * Three kinds: whole values (`[MASKED]`), what follows a token prefix such as `glpat-`, and the value of a URL
 * parameter that carries a token (the prefix or name stays to be read).
 */
export class Masker {
  readonly #patterns: string[];
  readonly #openings: Map<string, RegExp>;
  readonly #search: RegExp;
  readonly #longest: number;
  #held = '';
  /** Set while the text after an opening is being swallowed: the characters that belong to it. */
  #swallow: RegExp | undefined;
  #swallowed = false;

  constructor(secrets: Iterable<string>, tokenPrefixes: Iterable<string> = []) {
    this.#openings = new Map();
    for (const prefix of [...TOKEN_PREFIXES, ...tokenPrefixes]) {
      if (prefix) this.#openings.set(prefix, TOKEN_BODY);
    }
    for (const name of URL_PARAMETERS) {
      for (const mark of '?&') this.#openings.set(`${mark}${name}=`, URL_VALUE);
    }
    const values = new Set([...secrets].filter((secret) => secret !== ''));
    // Whole values stand before openings of the same length, and longer ones first: the leftmost longest wins.
    this.#patterns = [...new Set([...values, ...this.#openings.keys()])].toSorted(
      (a, b) => b.length - a.length,
    );
    for (const value of values) this.#openings.delete(value);
    this.#longest = this.#patterns[0]?.length ?? 0;
    this.#search = new RegExp(this.#patterns.map(escape).join('|'), 'g');
  }

  /** Takes the next piece and returns what may be shown now. */
  write(piece: string): string {
    return this.#run(this.#held + piece, false);
  }

  /** Returns what is still held back, at the end of the text. */
  end(): string {
    return this.#run(this.#held, true);
  }

  #run(text: string, last: boolean): string {
    let shown = '';
    let at = 0;
    let hold = last ? text.length : this.#holdFrom(text, 0);
    for (;;) {
      if (this.#swallow) {
        const from = at;
        while (at < text.length && this.#swallow.test(text.charAt(at))) at += 1;
        if (at > from && !this.#swallowed) {
          shown += '[MASKED]';
          this.#swallowed = true;
        }
        if (at === text.length) {
          this.#held = '';
          return shown;
        }
        this.#swallow = undefined;
      }
      if (at > hold && !last) hold = this.#holdFrom(text, at);
      this.#search.lastIndex = at;
      const found = this.#search.exec(text);
      if (!found || found.index >= hold) {
        this.#held = text.slice(hold);
        return shown + text.slice(at, hold);
      }
      const [match] = found;
      const opening = this.#openings.get(match);
      shown += text.slice(at, found.index) + (opening ? match : '[MASKED]');
      at = found.index + match.length;
      this.#swallow = opening;
      this.#swallowed = false;
    }
  }

  /** The first place from `from` on where the rest of the text is the beginning of a longer pattern. */
  #holdFrom(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#longest + 1); at < text.length; at += 1) {
      const rest = text.length - at;
      for (const pattern of this.#patterns) {
        if (pattern.length <= rest) break;
        if (text.charCodeAt(at) === pattern.charCodeAt(0) && pattern.startsWith(text.slice(at))) return at;
      }
    }
    return text.length;
  }
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Where something was found in a log, in order. */
export class Findings {
  readonly #lines = new Numbers();
  readonly #starts = new Numbers();
  readonly #ends = new Numbers();

  get count(): number {
    return this.#lines.length;
  }

  add(lines: Uint32Array, starts: Uint32Array, ends: Uint32Array): void {
    this.#lines.add(lines);
    this.#starts.add(starts);
    this.#ends.add(ends);
  }

  lineOf(finding: number): number {
    return this.#lines.at(finding);
  }

  /** The first finding at or behind a line. */
  firstAt(line: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#lines.at(middle) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The findings in a line, with the offsets in its characters. */
  inLine(line: number): { finding: number; start: number; end: number }[] {
    const found = [];
    for (
      let finding = this.firstAt(line);
      finding < this.count && this.#lines.at(finding) === line;
      finding += 1
    )
      found.push({ finding, start: this.#starts.at(finding), end: this.#ends.at(finding) });
    return found;
  }
}

/** A list that has room for more. */
class Numbers {
  #values = new Uint32Array(1024);
  length = 0;

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  add(more: Uint32Array): void {
    if (this.length + more.length > this.#values.length) {
      const room = new Uint32Array(Math.max(2 * this.#values.length, this.length + more.length));
      room.set(this.#values);
      this.#values = room;
    }
    this.#values.set(more, this.length);
    this.length += more.length;
  }
}

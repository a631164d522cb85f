import { problem, type Position, type Problem } from '../problem.ts';

/**
 * One place of the configuration while it is validated: knows how to say in GitLab's words what is wrong there.
 * `failed` tells whether anything was wrong at this very place; what lies below is looked at only when not.
 */
export class Scope {
  readonly keys: readonly string[];
  private readonly problems: Problem[];
  failed = false;

  constructor(keys: readonly string[], problems: Problem[]) {
    this.keys = keys;
    this.problems = problems;
  }

  /** The place below `key`. An empty job name is told as the kind of thing it is. */
  child(key: string, kind = key): Scope {
    return new Scope([...this.keys, key === '' ? kind : key], this.problems);
  }

  get path(): string {
    return this.keys.join(':');
  }

  /** `jobs:build:image name should be a string`. GitLab writes these messages in lower case, names too. */
  error(attribute: string, text: string, position: Position): void {
    this.failed = true;
    const words = attribute.replaceAll('_', ' ');
    const message = `${this.path} ${words} ${text}`.trim().toLowerCase();
    this.problems.push(problem('entry', message, position, this.path));
  }

  /** A message that says itself where it belongs. */
  plainError(message: string, position: Position): void {
    this.failed = true;
    this.problems.push(problem('entry', message, position, this.path));
  }

  /** Something of the language that does not exist here yet; the rest of the place is still looked at. */
  unsupported(key: string, position: Position): void {
    const message = `${this.path} \`${key}\` is not supported yet`.trim();
    this.problems.push(problem('unsupported', message, position, this.path));
  }
}

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  chmodSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { JobUpdate } from './client.ts';
import { numberingId, type ProcessId } from './processes.ts';

/** What must be known about a job to end and report it after the runner itself was killed. */
export interface JobRecord {
  id: number;
  token: string;
  /** Names the job's files here, and its processes (see processes.ts). */
  mark: string;
  /** Boot and process numbering that `leaders` refers to. */
  numbering: string;
  leaders: ProcessId[];
  /** The reasons that the server understands. */
  failure_reasons: string[];
  /** How the job ended, once it has; the server may not know yet. */
  outcome?: JobUpdate;
}

/**
 * The folder of everything that outlives the runner: its system_id, a record and a log for each job under way,
 * and files on their way to or from the server. Only its owner can look inside, for the records hold tokens.
 */
export class StateFolder {
  readonly path: string;
  readonly systemId: string;

  constructor(path: string) {
    this.path = path;
    for (const folder of [path, join(path, 'jobs'), join(path, 'spool'), join(path, 'cache')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    chmodSync(path, 0o700);
    this.systemId = this.#readSystemId();
  }

  /** Deletes files that were on their way when the runner died. Only for the runner that owns the folder. */
  clearSpool(): void {
    for (const name of readdirSync(join(this.path, 'spool'))) rmSync(join(this.path, 'spool', name));
  }

  tracePath(mark: string): string {
    return join(this.path, 'jobs', `${mark}.log`);
  }

  /** A path for a file that lives only for a moment. */
  spoolPath(): string {
    return join(this.path, 'spool', crypto.randomUUID());
  }

  cachePath(projectId: number): string {
    return join(this.path, 'cache', String(projectId));
  }

  newRecord(job: { id: number; token: string }, failureReasons: string[]): JobRecord {
    const record: JobRecord = {
      id: job.id,
      token: job.token,
      mark: crypto.randomUUID(),
      numbering: numberingId(),
      leaders: [],
      failure_reasons: failureReasons,
    };
    this.write(record);
    return record;
  }

  write(record: JobRecord): void {
    writeWhole(this.#recordPath(record.mark), JSON.stringify(record));
  }

  remove(record: JobRecord): void {
    rmSync(this.#recordPath(record.mark), { force: true });
    rmSync(this.tracePath(record.mark), { force: true });
  }

  /** The jobs that an earlier runner left behind. */
  records(): JobRecord[] {
    const folder = join(this.path, 'jobs');
    const records: JobRecord[] = [];
    for (const name of readdirSync(folder)) {
      if (!name.endsWith('.json')) continue;
      try {
        records.push(JSON.parse(readFileSync(join(folder, name), 'utf8')) as JobRecord);
      } catch {
        rmSync(join(folder, name), { force: true });
      }
    }
    return records;
  }

  #recordPath(mark: string): string {
    return join(this.path, 'jobs', `${mark}.json`);
  }

  #readSystemId(): string {
    const path = join(this.path, 'system_id');
    try {
      const found = readFileSync(path, 'utf8').trim();
      if (/^[sr]_[0-9a-zA-Z]{12}$/.test(found)) return found;
    } catch {
      // the first start
    }
    const made = `r_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
    writeWhole(path, made);
    return made;
  }
}

/** Writes a file that is either old or new after a power cut, never half. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.draft`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
}

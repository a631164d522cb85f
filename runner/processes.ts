import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { wait } from './wait.ts';

/** Environment variable that every process of a job inherits; its value is unlike any other job's. */
export const MARK = 'JOBYARD_JOB_MARK';

/** A process told apart from a later one with the same number by when it started, in clock ticks since boot. */
export interface ProcessId {
  pid: number;
  start_time: number;
}

/** What /proc shows of a process; undefined when there is none (or no /proc). */
export function readProcess(
  pid: number,
): (ProcessId & { state: string; group: number; session: number }) | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name, the second field, may hold spaces and parentheses: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    state: fields[0] ?? '',
    group: Number(fields[2]),
    session: Number(fields[3]),
    start_time: Number(fields[19]),
  };
}

/**
 * Identifies this boot and this numbering of processes: a number recorded under another one means nothing.
 */
export function numberingId(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/**
 * Kills what is left of a job: every process that carries the job's mark in its environment, or that belongs
 * to the process group or session of one of the leaders. A leader whose number now belongs to another process
 * counts for nothing.
 * @returns how many processes were killed.
 */
export async function killProcesses(mark: string, leaders: ProcessId[]): Promise<number> {
  const killed = new Set<number>();
  // Processes may fork while they are looked for: look again until none is found.
  for (let round = 0; round < 100; round += 1) {
    const found = findProcesses(mark, leaders);
    if (found.length === 0) break;
    for (const { pid, start_time } of found) {
      if (readProcess(pid)?.start_time !== start_time) continue;
      killed.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ended in between, or not ours to kill
      }
    }
    await wait(Math.min(5 + round * 5, 100));
  }
  return killed.size;
}

function findProcesses(mark: string, leaders: ProcessId[]): ProcessId[] {
  const groups = new Set(leaders.filter(isStillHis).map(({ pid }) => pid));
  const needle = `${MARK}=${mark}`;
  const found: ProcessId[] = [];
  for (const name of processNames()) {
    const pid = Number(name);
    if (pid === process.pid) continue;
    const seen = readProcess(pid);
    if (!seen || seen.state === 'Z' || seen.state === 'X') continue;
    if (groups.has(seen.group) || groups.has(seen.session) || environment(pid).includes(needle)) {
      found.push({ pid, start_time: seen.start_time });
    }
  }
  return found;
}

/** False when the leader's number has been given to another process, so that its old group cannot exist. */
function isStillHis(leader: ProcessId): boolean {
  const now = readProcess(leader.pid);
  return !now || now.start_time === leader.start_time;
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

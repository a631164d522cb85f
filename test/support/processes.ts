import { readdirSync, readFileSync } from 'node:fs';

/** The processes of this machine whose command line or environment holds this text; those we may not read are left out. */
export function processesWith(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const words = ['cmdline', 'environ'].map((file) => read(`/proc/${pid}/${file}`));
    return pid !== process.pid && words.some((one) => one.includes(text));
  });
}

/** The processes that this one has started and that run. */
export function childrenOf(pid: number | undefined): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((child) => parentOf(child) === pid);
}

function parentOf(pid: number): number {
  // "pid (name) state parent …", where the name may hold anything.
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2]);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

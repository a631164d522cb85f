import type { Patch } from '../patch.ts';

const mask = ['runner/mask.test.ts'];
const processes = ['runner/processes.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a job is not told its image',
    file: 'runner/job.ts',
    find: '[...imageVariable(job), ...job.variables]',
    replace: '[...job.variables]',
    tests: ['runner/run-jobs.test.ts'],
  },
  {
    name: 'a secret is shown that was cut in two',
    file: 'runner/mask.ts',
    find: 'pattern.startsWith(text.slice(at))) return at;',
    replace: 'pattern === text.slice(at)) return at;',
    tests: mask,
  },
  {
    name: 'of two secrets that begin alike the shorter is masked',
    file: 'runner/mask.ts',
    find: '(a, b) => b.length - a.length',
    replace: '(a, b) => a.length - b.length',
    tests: mask,
  },
  {
    name: 'a process that left its group outlives its job',
    file: 'runner/processes.ts',
    find: ' || environment(pid).includes(needle)',
    replace: '',
    tests: processes,
  },
  {
    name: 'a process is killed for the number that another one had',
    file: 'runner/processes.ts',
    find: 'return !now || now.start_time === leader.start_time;',
    replace: 'return true;',
    tests: processes,
  },
  {
    name: 'a job left behind before a reboot is looked for among the processes after it',
    file: 'runner/leftovers.ts',
    find: '    if (record.numbering !== numbering) continue;\n',
    replace: '',
    tests: ['runner/leftovers.test.ts'],
  },
  {
    name: 'the processes of a job left behind live on beside its retry',
    file: 'runner/leftovers.ts',
    find: 'const killed = await killProcesses(record.mark, record.leaders);',
    replace: 'const killed = 0;',
    tests: ['runner/leftovers.test.ts'],
  },
  {
    name: 'a log is cut within a character',
    file: 'runner/trace.ts',
    find: 'while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;',
    replace: '',
    tests: ['runner/trace.test.ts'],
  },
];

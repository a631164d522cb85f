import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The calls that change a file or make a change last. */
export const CALLS = [
  'openat',
  'write',
  'pwrite64',
  'ftruncate',
  'rename',
  'unlink',
  'fsync',
  'fdatasync',
] as const;

/** How strace is to record, so that `readRecording` understands it. */
export const STRACE = [
  '--follow-forks',
  '--seccomp-bpf',
  '--decode-fds=path',
  '--absolute-timestamps=format:unix,precision:us',
  '--syscall-times=us',
  '--strings-in-hex=all',
  '--string-limit=8388608',
  `--trace=${CALLS.join(',')}`,
];

/** A call that has succeeded. `from` and `to`: when it began and when it was over, milliseconds since 1970. */
export interface Call {
  name: (typeof CALLS)[number];
  from: number;
  to: number;
  /** The file, also where the call names a descriptor. */
  path: string;
  /** Of a rename. */
  newPath: string;
  bytes: Buffer;
  /** Null: behind what was written last. */
  offset: number | null;
  flags: string;
}

/** Reads what strace has written, in the order in which the calls began. */
export async function readRecording(file: string): Promise<Call[]> {
  const calls: Call[] = [];
  const begun = new Map<string, { at: number; text: string; from: number }>();
  const add = (at: number, text: string, from: number, to: number) => {
    const call = parse(text, from, to);
    if (call) calls[at] = call;
  };
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'latin1') })) {
    const [, thread = '', stamp = '', text = ''] = /^(\d+) +([\d.]+) (.*)$/s.exec(line) ?? [];
    const now = Number(stamp) * 1000;
    const unfinished = / <unfinished \.\.\.>$/.exec(text);
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    if (unfinished) begun.set(thread, { at: count++, text: text.slice(0, unfinished.index), from: now });
    else if (resumed) {
      const start = begun.get(thread);
      begun.delete(thread);
      if (start) add(start.at, start.text + text.slice(resumed[0].length), start.from, now);
    } else add(count++, text, now, now + Number(/ <([\d.]+)>$/.exec(text)?.[1] ?? 0) * 1000);
  }
  return calls.filter(Boolean);
}

function parse(text: string, from: number, to: number): Call | null {
  const name = CALLS.find((one) => text.startsWith(`${one}(`));
  const result = Number(/\) += (-?\d+)[^=]*$/.exec(text)?.[1] ?? -1);
  if (!name || result < 0) return null;
  const strings = [...text.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) => unhex(hex));
  const descriptor = unhex(/^\w+\(\d+<((?:\\x[0-9a-f]{2})*)>/.exec(text)?.[1] ?? '').toString();
  const plain = name === 'openat' || name === 'rename' || name === 'unlink';
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = strings;
  const numbers = /, (\d+)(?:, (\d+))?\) += /.exec(text);
  return {
    name,
    from,
    to,
    path: plain ? first.toString() : descriptor,
    newPath: second.toString(),
    bytes: plain ? Buffer.alloc(0) : first.subarray(0, result),
    offset: name === 'pwrite64' ? Number(numbers?.[2]) : name === 'ftruncate' ? Number(numbers?.[1]) : null,
    flags: name === 'openat' ? text : '',
  };
}

const unhex = (text: string) => Buffer.from(text.replaceAll('\\x', ''), 'hex');

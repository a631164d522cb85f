import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

export interface TextFile {
  /** Relative to the repository, with slashes. */
  path: string;
  text: string;
}

export interface Import {
  /** A path in this repository for a relative import, otherwise the name as written. */
  target: string;
  /** `import type`: nothing of it is left when the program runs. */
  typeOnly: boolean;
  /** Named by `new URL('….ts', …)`: the program of a worker thread or of a child process. */
  started: boolean;
  /** What stands between the braces, as written. */
  names: string;
}

export interface Module extends TextFile {
  imports: Import[];
}

/** What git does not keep, and others' text. */
const passedOver = new Set(
  'node_modules .git .npm data dist .jobyard coverage generated package-lock.json'.split(' '),
);

/** Every text file of the repository below `folder`. */
export function textFiles(root: string, folder = '.'): TextFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (passedOver.has(entry.name)) return [];
    if (entry.isDirectory()) return textFiles(root, path);
    if (!entry.isFile()) return [];
    const text = readFileSync(join(root, path), 'utf8');
    return text.includes('\0') ? [] : [{ path, text }];
  });
}

const statements = [
  /^(?:import|export)\s+(?<type>type\s+)?(?<names>[^;'"]*?)\s*from\s+'(?<target>[^']+)'/gm,
  /^import\s+'(?<target>[^']+)'/gm,
  /\bimport\(\s*'(?<target>[^']+)'/gm,
  /(?<started>new URL)\(\s*'(?<target>[^']+\.ts)'/gm,
];

/** The file with what it imports: statically, dynamically, and as the program of a worker. */
export function asModule({ path, text }: TextFile): Module {
  const imports = statements.flatMap((statement) =>
    [...text.matchAll(statement)].map(({ groups = {} }): Import => {
      const target = groups['target'] ?? '';
      const near = target.startsWith('.') || (target.endsWith('.ts') && !target.includes(':'));
      return {
        target: near ? join(dirname(path), target) : target,
        typeOnly: groups['type'] !== undefined,
        started: groups['started'] !== undefined,
        names: groups['names'] ?? '',
      };
    }),
  );
  return { path, text, imports };
}

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { realpathSync } from 'node:fs';
import { lint, lintExplained } from '../ci/lint.ts';
import type { Surroundings } from '../config.ts';
import { StartError } from '../errors.ts';
import { ApiClient, orUnreachable } from './api-client.ts';
import { explanationText } from './explanation-text.ts';
import { type LintFlags, readLintFlags } from './lint-flags.ts';
import { lintReport, reportJson } from './lint-report.ts';
import { filesWithoutServer, filesWithServer } from './near-files.ts';
import { plainText } from './plain-text.ts';
import { Printer } from './printer.ts';
import { problemText, summaryLine } from './problem-text.ts';
import { TreeFiles } from './tree-files.ts';
import { treeInput } from './tree-input.ts';
import { openWorkTree, type WorkTree } from './work-tree.ts';

const VALID = 0;
const INVALID = 1;
const NOT_LOOKED_AT = 2;
const DEFAULT_FILE = '.gitlab-ci.yml';
/** Of loopback and private networks. */
const PRIVATE = ['0.0.0.0/0', '::/0'];

/** `jobyard lint`: looks over a configuration on this machine. Answers the exit code; nothing is written but the report. */
export async function lintLocally(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  process.stdout.on('error', unlessUnread);
  try {
    const flags = readLintFlags(argv, surroundings.environment);
    return await look(flags, surroundings);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`jobyard: ${plainText(error.message)}\n`);
    return NOT_LOOKED_AT;
  }
}

/** Whoever reads the report may have seen enough, as `head` does. */
function unlessUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function look(flags: LintFlags, { here, environment }: Surroundings): Promise<number> {
  const { tree, file, content } = await findConfiguration(flags.file, here, environment);
  const texts = new Map<string, string>();
  const there = flags.server && new ApiClient(flags.server.url, flags.server.token);
  const ask = there ? filesWithServer(there.url, flags.local_requests ? PRIVATE : []) : filesWithoutServer;
  const input = {
    ...(await treeInput(tree, new TreeFiles(tree), ask, { ...flags, file, content }, there)),
    seen: (name: string, text: string) => texts.set(name, text),
  };
  const looked = await orUnreachable(there?.url ?? '', async () =>
    flags.dry_run
      ? await lintExplained(input)
      : { lint: await lint(input, { dry_run: false }), explanation: null },
  );
  const report = lintReport(looked.lint);
  const explanation = flags.explain ? looked.explanation : null;
  if (flags.json) process.stdout.write(reportJson(report, explanation));
  else {
    const print = new Printer(Boolean(process.stdout.isTTY) && !environment['NO_COLOR']);
    const parts = [
      ...(explanation ? [explanationText(explanation, print)] : []),
      ...report.problems.map((problem) => problemText(problem, texts, print)),
      summaryLine(report, file, print),
    ];
    process.stdout.write(`${parts.join('\n')}\n`);
  }
  return report.valid ? VALID : INVALID;
}

interface Found {
  tree: WorkTree;
  /** In the work tree. */
  file: string;
  content: string;
}

/** @throws StartError when there is none, or it cannot be read */
async function findConfiguration(
  given: string | null,
  here: string,
  environment: Record<string, string>,
): Promise<Found> {
  if (given === '-') {
    const tree = await openWorkTree(here, environment);
    return { tree, file: DEFAULT_FILE, content: await textOf(process.stdin) };
  }
  const path = resolve(here, given ?? '.');
  const found = await stat(path).catch(() => null);
  if (!found) throw new StartError(`There is no ${given}.`);
  const folder = found.isDirectory() ? path : dirname(path);
  const tree = await openWorkTree(folder, environment);
  const full = found.isDirectory()
    ? join(tree.root, DEFAULT_FILE)
    : join(realpathSync(folder), basename(path));
  const file = relative(tree.root, full).split(sep).join('/');
  try {
    return { tree, file, content: await readFile(full, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'ENOENT' ? `There is no ${DEFAULT_FILE} in ${tree.root}.` : `${full} cannot be read: ${code}`,
    );
  }
}

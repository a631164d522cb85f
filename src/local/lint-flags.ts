import { StartError } from '../errors.ts';
import {
  type Flag,
  flagLines,
  PIPELINE_FLAGS,
  type PipelineFlags,
  readFlags,
  readPipelineFlags,
  type ServerFlag,
  serverOf,
} from './flags.ts';

/** What `jobyard lint` is asked for. */
export interface LintFlags extends PipelineFlags {
  /** As given; null: that of the work tree, `-`: standard input. */
  file: string | null;
  json: boolean;
  explain: boolean;
  /** Whether a pipeline is asked for: what it would be counts as well. */
  dry_run: boolean;
  /** Null: what a push would change. */
  changed: string[] | null;
  /** Who has includes that the work tree does not have. */
  server: ServerFlag | null;
  /** Whether files may be fetched from private addresses. */
  local_requests: boolean;
}

const FLAGS = [
  { name: 'explain', help: 'tell for each job which rule lets it in, or leaves it out' },
  ...PIPELINE_FLAGS,
  { name: 'changed', value: 'FILE', help: 'a path that has changed, for rules:changes; several times' },
  { name: 'server', value: 'URL', help: 'fetch includes from this Jobyard or GitLab' },
  { name: 'token', value: 'TOKEN', help: 'of whoever may read them there  [JOBYARD_TOKEN]' },
  { name: 'local-requests', help: 'with --server: fetch include:remote from private addresses too' },
  { name: 'json', help: 'print the result as JSON' },
] as const satisfies readonly Flag[];

export const LINT_HELP = `Usage: jobyard lint [FILE] [FLAGS]

Checks FILE (.gitlab-ci.yml of the work tree; - is standard input) as a push of the work tree would have it, uncommitted
changes included, and needs no server. What it includes is read from the work tree and from the templates of this
program; an include that needs a server is a warning, unless --server names one.

With --event, --ref, --changed or --explain it also says what is wrong with the pipeline that would be created.

Flags:
${flagLines(FLAGS)}

Ends with 0 when it is valid, 1 when it is not, 2 when it could not be looked at.`;

/**
 * Reads the arguments of `jobyard lint`.
 * @throws StartError naming every mistake at once
 */
export function readLintFlags(argv: readonly string[], environment: Record<string, string>): LintFlags {
  const problems: string[] = [];
  const given = readFlags(argv, FLAGS, problems);
  const { words, all, last } = given;
  const explain = last('explain') !== undefined;
  const changed = all('changed').map((path) => path.replace(/^(\.?\/)+/, ''));
  if (words.length > 1) problems.push(`${words[1]} is one file too many`);
  const flags: LintFlags = {
    ...readPipelineFlags(given, environment, problems),
    file: words[0] ?? null,
    json: last('json') !== undefined,
    explain,
    dry_run: explain || [last('event'), last('ref'), last('changed')].some((each) => each !== undefined),
    changed: changed.length > 0 ? changed : null,
    server: serverOf(
      last('server'),
      last('token') ?? environment['JOBYARD_TOKEN'],
      { needsToken: false },
      problems,
    ),
    local_requests: last('local-requests') !== undefined,
  };
  if (problems.length > 0) throw new StartError(`${problems.join('; ')}. See: jobyard lint --help`);
  return flags;
}

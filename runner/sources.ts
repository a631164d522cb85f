import { removeLines, type BuildFolder } from './build-folder.ts';
import { JobFailure } from './failure.ts';
import { plainUrl } from './git-access.ts';
import type { Job } from './job-payload.ts';
import { quote, strictScript } from './script.ts';
import { isTrue } from './variables.ts';

export type Strategy = 'fetch' | 'clone' | 'none' | 'empty';

/** How the job wants its sources. @throws JobFailure for a GIT_STRATEGY that does not exist. */
export function sourcesStrategy(job: Job, values: Map<string, string>): Strategy {
  const wanted = values.get('GIT_STRATEGY') || 'fetch';
  if (wanted === 'none' || wanted === 'empty' || wanted === 'clone') return wanted;
  if (wanted === 'fetch') return job.allow_git_fetch ? 'fetch' : 'clone';
  throw new JobFailure(`GIT_STRATEGY "${wanted}" is none of fetch, clone, none, empty`, 'script_failure');
}

/** How often the sources are tried for, from GET_SOURCES_ATTEMPTS: 1 to 10. */
export function sourcesAttempts(values: Map<string, string>): number {
  const wanted = Number(values.get('GET_SOURCES_ATTEMPTS') ?? 1);
  return Number.isInteger(wanted) && wanted >= 1 && wanted <= 10 ? wanted : 1;
}

/** The script that brings the job's commit into the project's folder. */
export function sourcesScript(
  job: Job,
  strategy: Strategy,
  values: Map<string, string>,
  folder: BuildFolder,
): string {
  const project = quote(folder.project);
  const home = `export HOME=${quote(folder.home)} GIT_TERMINAL_PROMPT=0 GIT_LFS_SKIP_SMUDGE=1; unset GIT_ASKPASS`;
  if (strategy === 'none') return strictScript([say('Git is left alone, as GIT_STRATEGY says')]);
  if (strategy === 'empty') {
    return strictScript([
      say('Beginning with an empty folder, as GIT_STRATEGY says'),
      ...removeLines(folder.project),
      `mkdir -- ${project}`,
    ]);
  }
  const warm = strategy === 'fetch';
  return strictScript([
    home,
    ...(warm ? tidyLines(folder.project) : [...removeLines(folder.project), `mkdir -- ${project}`]),
    `cd -- ${project}`,
    'fresh=; [ -d .git ] || fresh=yes',
    'fetch_sources() {',
    ...fetchLines(job, values),
    '}',
    // "fetch_sources || …" would switch off set -e inside; the functions chain their commands with && instead.
    'if ! fetch_sources; then',
    '  [ -z "$fresh" ] || exit 1',
    `  ${say('The repository kept from an earlier job cannot be used, beginning anew', '33;1')}`,
    '  rm -rf .git',
    '  fetch_sources',
    'fi',
    ...checkoutLines(job, values),
    ...submoduleLines(values),
    ...lfsLines(values),
  ]);
}

/** Lines that take away what an earlier job may have left in the way: settings, hooks, stale locks. */
function tidyLines(project: string): string[] {
  const git = quote(`${project}/.git`);
  return [
    `if [ -L ${git} ] || [ ! -d ${git}/objects ]; then rm -rf -- ${git}; else`,
    `  rm -rf -- ${git}/config ${git}/config.worktree ${git}/hooks`,
    `  find ${git} -name '*.lock' -delete`,
    'fi',
  ];
}

function fetchLines(job: Job, values: Map<string, string>): string[] {
  const { git_info } = job;
  const flags = words(values.get('GIT_FETCH_EXTRA_FLAGS'), ['--prune', '--quiet']);
  const format =
    git_info.repo_object_format === 'sha1' ? '' : ` --object-format=${quote(git_info.repo_object_format)}`;
  const fetch = [
    'git -c core.hooksPath=/dev/null fetch origin --no-recurse-submodules',
    ...git_info.refspecs.map(quote),
  ];
  if (git_info.depth > 0) fetch.push(`--depth ${git_info.depth}`, ...flags);
  else fetch.push('$unshallow', ...flags);
  const depth = git_info.depth > 0 ? ` with a depth of ${git_info.depth}` : '';
  return [
    `  ${say(`Fetching changes${depth}`)} &&`,
    `  git init --quiet --template=${format} &&`,
    '  { git remote remove origin 2>/dev/null || :; } &&',
    `  git remote add origin ${quote(plainUrl(git_info.repo_url))} &&`,
    // Refs of pipelines that this folder has seen would keep their commits for ever.
    "  git for-each-ref --format='delete %(refname)' refs/pipelines | git update-ref --stdin &&",
    '  unshallow= && if [ -f .git/shallow ]; then unshallow=--unshallow; fi &&',
    `  ${fetch.join(' ')}`,
  ];
}

function checkoutLines(job: Job, values: Map<string, string>): string[] {
  const { sha, ref } = job.git_info;
  if (values.has('GIT_CHECKOUT') && !isTrue(values.get('GIT_CHECKOUT'))) {
    return [say('The commit is not checked out, as GIT_CHECKOUT says')];
  }
  const clean = words(values.get('GIT_CLEAN_FLAGS'), ['-ffdx']);
  return [
    say(`Checking out ${sha.slice(0, 8)} as a detached HEAD (ref is ${ref})`),
    `git -c core.hooksPath=/dev/null checkout --force --quiet --detach ${quote(sha)}`,
    // A job may leave folders in which even their owner may delete nothing.
    ...(clean.length > 0
      ? [`git clean ${clean.join(' ')} || { chmod -R u+rwX . && git clean ${clean.join(' ')}; }`]
      : []),
  ];
}

function submoduleLines(values: Map<string, string>): string[] {
  const strategy = values.get('GIT_SUBMODULE_STRATEGY') || 'none';
  if (strategy === 'none') return [];
  if (strategy !== 'normal' && strategy !== 'recursive') {
    return [say(`GIT_SUBMODULE_STRATEGY ${strategy} is none of none, normal, recursive`, '31;1'), 'exit 1'];
  }
  const recursive = strategy === 'recursive' ? ' --recursive' : '';
  const paths = words(values.get('GIT_SUBMODULE_PATHS'), []);
  const depth = Number(values.get('GIT_SUBMODULE_DEPTH') ?? 0);
  const update = [
    `git -c core.hooksPath=/dev/null submodule update --init${recursive}`,
    ...(depth > 0 ? [`--depth ${depth}`] : []),
    ...words(values.get('GIT_SUBMODULE_UPDATE_FLAGS'), []),
    ...(paths.length > 0 ? ['--', ...paths] : []),
  ].join(' ');
  const clean = words(values.get('GIT_CLEAN_FLAGS'), ['-ffdx']).join(' ');
  return [
    say('Updating submodules'),
    'git submodule init',
    `git submodule --quiet sync${recursive}`,
    `${update} || { git submodule --quiet sync${recursive}; ${update}; }`,
    ...(clean ? [`git submodule --quiet foreach${recursive} ${quote(`git clean ${clean}`)}`] : []),
  ];
}

function lfsLines(values: Map<string, string>): string[] {
  if (isTrue(values.get('GIT_LFS_SKIP_SMUDGE'))) return [];
  return ['if git lfs version >/dev/null 2>&1; then git lfs pull; fi'];
}

/** Flags as separate quoted words; `none` means no flags at all. */
function words(text: string | undefined, fallback: string[]): string[] {
  if (!text) return fallback;
  return text === 'none' ? [] : text.trim().split(/\s+/).map(quote);
}

function say(text: string, color = '32;1'): string {
  return `printf '%s\\n' ${quote(`\x1b[${color}m${text}\x1b[0;m`)}`;
}

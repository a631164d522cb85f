import type { Module, TextFile } from './modules.ts';

const longest = 300;
/** One table after another: there is no second idea to find. */
const isSchema = (path: string) => path.startsWith('src/db/migrations/');
const isProgram = (path: string) => /^(src|runner)\//.test(path);
const isTest = (path: string) => path.endsWith('.test.ts');

export function environmentIsReadInOnePlace({ path, text }: TextFile): string[] {
  const free = !path.startsWith('src/') || path === 'src/config.ts' || isTest(path);
  return free || !/process\s*\.\s*env\b/.test(text) ? [] : [`${path} reads process.env: config.ts does that`];
}

const mayWriteSql = /(^src\/db\/|-store\.ts$|^src\/jobs\/(change-job|job-queue)\.ts$)/;

export function sqlHasItsPlaces({ path, text, imports }: Module): string[] {
  if (!isProgram(path) || isTest(path) || mayWriteSql.test(path)) return [];
  const raw = imports.some(({ target, names }) => target === 'kysely' && /\bsql\b/.test(names));
  const built = /\.(insertInto|updateTable|deleteFrom|selectFrom)\(/.exec(text)?.[1];
  return raw || built ? [`${path} writes SQL (${built ?? 'sql'}): a *-store.ts does that`] : [];
}

/** A guarded UPDATE in one file is what makes lost races visible. */
export function statusChangesInOnePlace({ path, text }: TextFile): string[] {
  if (!isProgram(path) || isTest(path) || path === 'src/jobs/change-job.ts') return [];
  const sets = /\.updateTable\('jobs'\)(?:(?!\.(?:where|execute)\()[\s\S]){0,400}\bstatus:/.test(text);
  return sets ? [`${path} sets a job's status: change-job.ts does that`] : [];
}

export function filesStayShort({ path, text }: TextFile): string[] {
  const lines = text.trimEnd().split('\n').length;
  const counts = isProgram(path) && !isSchema(path) && !isTest(path);
  return counts && lines > longest
    ? [`${path} has ${lines} lines: above ${longest} find the second idea`]
    : [];
}

export function nothingIsLeftForLater({ path, text }: TextFile): string[] {
  const mark = /\b(TODO|FIXME|XXX)\b/.exec(text)?.[0];
  return path.endsWith('.ts') && mark ? [`${path} has a ${mark}`] : [];
}

export function typesAreNotSilenced({ path, text }: TextFile): string[] {
  const silenced = /\bas any\s*(?:[;,)\]}>|&.]|$)|@ts-ignore|@ts-nocheck/m.exec(text)?.[0];
  return path.endsWith('.ts') && silenced ? [`${path} silences the type checker: ${silenced}`] : [];
}

export function testsExpectSomething({ path, text }: TextFile): string[] {
  return isTest(path) && !/\bexpect\w*\s*[.(]/.test(text) ? [`${path} expects nothing`] : [];
}

/** A job that is pending since a fixed time is given up at any moment, once a test moves the clock ahead. */
export function journeysGoByTheirClock({ path, text }: TextFile): string[] {
  return path.startsWith('test/journeys/') && /\bstartedPipeline\b/.test(text)
    ? [`${path} calls startedPipeline, which knows no server's clock: RunnerHouse.start does`]
    : [];
}

/** Words that mean something only to whoever sat at the machine where the project was written. */
const strangeWords = [
  /(?<![\w.*-])\/work\/(main|shared|\.library)/,
  /\/tmp\/brief/,
  /\bissues? #?\d+\b/i,
  /\b(rest-api|runner-protocol|ci-yaml|jobs-api-2017)\.md\b/,
];

export function projectSpeaksOfItself({ path, text }: TextFile): string[] {
  const word = strangeWords.map((strange) => strange.exec(text)?.[0]).find(Boolean);
  return word ? [`${path} says '${word}', which means nothing in this repository`] : [];
}

/** What git writes where it cannot merge; no formatter looks at all files. */
export function mergesAreDone({ path, text }: TextFile): string[] {
  const mark = /^(<{7}|={7}|>{7}|\|{7})(?= |\r?$)/m.exec(text)?.[0];
  return mark ? [`${path} has a conflict that nobody has resolved: ${mark}`] : [];
}

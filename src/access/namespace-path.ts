/** Words that would hide a page of the server, were they the first part of a path. */
const TOP_LEVEL = new Set(
  `- .well-known 404.html 422.html 500.html 502.html 503.html abuse_reports admin api assets autocomplete ci
  dashboard deploy.html explore favicon.ico favicon.svg files groups health_check help import invites jwt oauth profile
  projects public robots.txt s search sent_notifications snippets u unsubscribes uploads users`.split(/\s+/),
);
/** Words that would hide a page of a project, were they a later part of a path. */
const BELOW = new Set(
  `- badges blame blob builds commits create create_dir edit files find_file new preview raw refs tree update
  wikis`.split(/\s+/),
);

const NAMESPACE = /^[a-zA-Z0-9_.](?:[a-zA-Z0-9_\-.]*[a-zA-Z0-9_-])?$/;
const PROJECT = /^[a-zA-Z0-9_.][a-zA-Z0-9_\-.]*$/;
const SUFFIX = /\.(git|atom)$/;
const LETTERS = "can contain only letters, digits, '_', '-' and '.'.";
const LONGEST = 255;

/** What is wrong with the path of a user's or a group's namespace, in GitLab's words; empty when nothing. */
export function namespacePathProblems(path: string, below: boolean): string[] {
  const problems = lengthProblems(path, below ? 1 : 2);
  if (!NAMESPACE.test(path) || path === '.' || path.endsWith('.') || SUFFIX.test(path))
    problems.push(`${LETTERS} Cannot start with '-' or end in '.', '.git' or '.atom'.`);
  if ((below ? BELOW : TOP_LEVEL).has(path.toLowerCase())) problems.push(`${path} is a reserved name`);
  return problems;
}

/** What is wrong with the last part of a project's path. */
export function projectPathProblems(path: string): string[] {
  const problems = lengthProblems(path, 1);
  if (!PROJECT.test(path) || SUFFIX.test(path))
    problems.push(`${LETTERS} Cannot start with '-', end in '.git' or end in '.atom'`);
  if (!/^[a-zA-Z0-9]+([._-][a-zA-Z0-9]+)*$/.test(path))
    problems.push(
      'must not start or end with a special character and must not contain consecutive special characters.',
    );
  if (BELOW.has(path.toLowerCase())) problems.push(`${path} is a reserved name`);
  return problems;
}

/** What is wrong with the name of a project or group. */
export function nameProblems(name: string): string[] {
  if (name.trim() === '') return ["can't be blank"];
  const problems = [...name].length > LONGEST ? [`is too long (maximum is ${LONGEST} characters)`] : [];
  if (!/^[\p{Alphabetic}\p{Number}\p{Extended_Pictographic}_][^\p{Control}/<>\\]*$/u.test(name))
    problems.push(
      "can contain only letters, digits, emoji, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, emoji, or '_'.",
    );
  return problems;
}

/** The path that a name becomes when none is given: `My Project!` → `my-project`. */
export const pathOfName = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/([._-])[._-]+/g, '$1')
    .replace(/^[._-]+|[._-]+$/g, '');

function lengthProblems(path: string, least: number): string[] {
  if (path === '') return ["can't be blank"];
  if (path.length < least) return [`is too short (minimum is ${least} characters)`];
  return path.length > LONGEST ? [`is too long (maximum is ${LONGEST} characters)`] : [];
}

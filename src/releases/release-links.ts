/** What can be said of a link. */
export interface LinkFields {
  name: string;
  url: string;
  /** With a `/` before it. */
  filepath: string | null;
  link_type: string;
}

export const LINK_TYPES = ['other', 'runbook', 'image', 'package'] as const;

const LONGEST = 255;
const LONGEST_PATH = 128;
/** Bytes: an entry of an index has an end. */
const LONGEST_URL = 2000;
const FILEPATH = /^\/(?:[-.\w]+\/)*[-.\w]*[\da-zA-Z]$/;
const SCHEMES = ['http:', 'https:', 'ftp:'];

/** What is wrong with a link, in GitLab's words, by field; none when it can be stored. */
export function linkProblems(link: LinkFields): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  const complain = (field: string, text: string) => (problems[field] ??= []).push(text);
  if (link.name.trim() === '') complain('name', "can't be blank");
  if (link.name.length > LONGEST) complain('name', `is too long (maximum is ${LONGEST} characters)`);
  if (link.url.trim() === '') complain('url', "can't be blank");
  else if (Buffer.byteLength(link.url) > LONGEST_URL)
    complain('url', `is too long (maximum is ${LONGEST_URL} bytes)`);
  else if (!isAddress(link.url)) complain('url', 'is blocked: Only allowed schemes are http, https, ftp');
  if (link.filepath !== null && !isFilepath(link.filepath)) complain('filepath', 'is in an invalid format');
  return problems;
}

const isAddress = (text: string) => URL.canParse(text) && SCHEMES.includes(new URL(text).protocol);

const isFilepath = (path: string) => path.length <= LONGEST_PATH && FILEPATH.test(path);

/** What several links of one release have in common, and may not. */
export function duplicateProblems(
  links: readonly Pick<LinkFields, 'name' | 'url' | 'filepath'>[],
): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  for (const field of ['name', 'url', 'filepath'] as const) {
    const values = links.flatMap((link) => link[field] ?? []);
    if (new Set(values).size < values.length) problems[field] = ['has already been taken'];
  }
  return problems;
}

/** As GitLab tells what is wrong with a record in one text. */
export function problemText(problems: Record<string, string[]>, prefix = ''): string {
  const texts = Object.entries(problems).flatMap(([field, all]) =>
    all.map((text) => `${prefix}${prefix ? field : field.charAt(0).toUpperCase() + field.slice(1)} ${text}`),
  );
  return `Validation failed: ${texts.join(', ')}`;
}

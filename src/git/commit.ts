import { MEMORY_LIMIT, type GitObject } from './cat-file.ts';
import type { Repository } from './repository.ts';
import { findCommitId } from './revision.ts';
import { parseTrailers } from './trailers.ts';

/** A commit as the API shows it, but for its web address. */
export interface Commit {
  id: string;
  short_id: string;
  /** The committer's date. */
  created_at: string;
  parent_ids: string[];
  /** The message's first line. */
  title: string;
  message: string;
  author_name: string;
  author_email: string;
  /** In the author's zone: `2015-12-24T16:51:14.000+01:00`. */
  authored_date: string;
  committer_name: string;
  committer_email: string;
  committed_date: string;
  /** Where a key comes twice, its last value. */
  trailers: Record<string, string>;
  extended_trailers: Record<string, string[]>;
}

/** The commit that `revision` names; undefined when there is none. */
export async function readCommit(repository: Repository, revision: string): Promise<Commit | undefined> {
  const id = await findCommitId(repository, revision);
  const object = id && (await repository.objects.read(id, MEMORY_LIMIT));
  return object ? parseCommit(object) : undefined;
}

/** The commits of these full SHAs, in this order; those that are missing are left out. */
export async function readCommits(repository: Repository, ids: readonly string[]): Promise<Commit[]> {
  const objects = await Promise.all(ids.map((id) => repository.objects.read(id)));
  return objects.flatMap((object) => (object?.type === 'commit' ? [parseCommit(object)] : []));
}

/** The commit that a commit object of git stands for. */
function parseCommit({ id, content }: Pick<GitObject, 'id' | 'content'>): Commit {
  const { headers, body } = splitObject(content);
  const parent_ids: string[] = [];
  let author = UNKNOWN;
  let committer = UNKNOWN;
  for (const [key, value] of headers) {
    if (key === 'parent') parent_ids.push(value);
    else if (key === 'author') author = parseIdentity(value);
    else if (key === 'committer') committer = parseIdentity(value);
  }
  const trailers = parseTrailers(body);
  return {
    id,
    short_id: id.slice(0, 8),
    created_at: committer.date,
    parent_ids,
    title: body.trim() === '' ? 'No commit message' : (body.split(/[\r\n]/, 1)[0] ?? ''),
    message: body,
    author_name: author.name,
    author_email: author.email,
    authored_date: author.date,
    committer_name: committer.name,
    committer_email: committer.email,
    committed_date: committer.date,
    trailers: Object.fromEntries(trailers),
    extended_trailers: groupByKey(trailers),
  };
}

/** The headers (continuation lines left out) and the message of a commit or annotated tag. */
export function splitObject(content: Buffer): { headers: [key: string, value: string][]; body: string } {
  const end = content.indexOf('\n\n');
  const head = content.subarray(0, end < 0 ? content.length : end);
  const decode = decoderOf(head);
  const headers = decode(head)
    .split('\n')
    .filter((line) => !line.startsWith(' '))
    .map((line): [string, string] => {
      const space = line.indexOf(' ');
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
    });
  return { headers, body: end < 0 ? '' : decode(content.subarray(end + 2)) };
}

/** Commits are UTF-8 unless their `encoding` header says otherwise. */
function decoderOf(head: Buffer): (bytes: Buffer) => string {
  const [, encoding] = /^encoding (.*)$/m.exec(head.toString('latin1')) ?? [];
  try {
    const decoder = new TextDecoder(encoding ?? 'utf-8', { ignoreBOM: true });
    return (bytes) => decoder.decode(bytes);
  } catch {
    return (bytes) => bytes.toString();
  }
}

export interface Identity {
  name: string;
  email: string;
  date: string;
}

const UNKNOWN: Identity = { name: '', email: '', date: formatDate(0, '+0000') };

/** `Name <email> 1450972274 +0100`, as commits and tags have it. */
export function parseIdentity(text: string): Identity {
  const [, name = '', email = '', seconds = '0', zone = '+0000'] =
    /^(.*?) ?<([^>]*)>(?: *(-?\d+)(?: +([+-]\d{4}))?)?/.exec(text) ?? [];
  return { name, email, date: formatDate(Number(seconds), zone) };
}

/** Seconds since 1970 as a time of that zone (`+hhmm`), `2015-12-24T16:51:14.000+01:00`. */
function formatDate(seconds: number, zone: string): string {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  const offset = zone.startsWith('-') ? -minutes : minutes;
  const local = new Date((seconds + offset * 60) * 1000);
  const date = Number.isNaN(local.getTime()) ? new Date(0) : local;
  return `${date.toISOString().slice(0, -1)}${zone.slice(0, 3)}:${zone.slice(3, 5)}`;
}

function groupByKey(trailers: [string, string][]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of trailers) groups.set(key, [...(groups.get(key) ?? []), value]);
  return Object.fromEntries(groups);
}

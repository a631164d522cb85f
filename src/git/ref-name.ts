/**
 * Is `name` a well-formed name of a ref, or of what follows `refs/heads/`? The rules are those of
 * `git check-ref-format --allow-onelevel`.
 */
export function isRefName(name: string): boolean {
  if (name === '' || name === '@' || name.endsWith('.') || name.includes('..') || name.includes('@{'))
    return false;
  if (/[\x00-\x20\x7f~^:?*[\\]/.test(name) || !name.isWellFormed()) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/**
 * May a branch be called so? Beyond git's rules: not like an option, a full SHA or a full ref, since each
 * could be taken for another; and no longer than what a file system stores.
 */
export function isBranchName(name: string): boolean {
  return (
    isRefName(name) &&
    name !== 'HEAD' &&
    !name.startsWith('-') &&
    !name.startsWith('refs/') &&
    !/^[0-9a-f]{40}$/i.test(name) &&
    Buffer.byteLength(name) <= 1024 &&
    name.split('/').every((part) => Buffer.byteLength(part) <= 240)
  );
}

/** May a tag be called so? By the same rules. */
export function isTagName(name: string): boolean {
  return isBranchName(name);
}

/**
 * Is `text` what a caller may name a commit by: a branch, tag, full ref, SHA or abbreviation of one,
 * followed by any of `~`, `~2`, `^`, `^2`? Searches (`:/text`, `^{/text}`), logs (`@{1}`) and paths stay
 * out, and nothing that passes can be read as an option or as two lines.
 */
export function isRevision(text: string): boolean {
  const [, name = ''] = /^(.*?)(?:[~^]\d{0,5}){0,10}$/s.exec(text) ?? [];
  return isRefName(name) && !name.startsWith('-');
}

/** Is `path` a file's or folder's path as git stores it: relative, with no empty, `.` or `..` part? */
export function isPath(path: string): boolean {
  return (
    path.length <= 4096 &&
    !path.includes('\0') &&
    path.isWellFormed() &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** May a file be written at `path`? Not below anything that a checkout could take for git's own folder. */
export function isWritablePath(path: string): boolean {
  return isPath(path) && !path.split('/').some((part) => /^(\.git|git~1)[ .]*$/i.test(foldName(part)));
}

/** As HFS+ compares: without the characters it ignores. */
const foldName = (part: string) =>
  part.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').replace(/:.*$/s, '');

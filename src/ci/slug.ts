/**
 * GitLab's slug of a ref, path or job name: lower case, everything but `a-z0-9` becomes `-`, at most
 * 63 characters, no `-` at the edges. Fit for host names.
 */
export function slugify(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

/**
 * Whether a name is what a rule speaks of: the name itself, or its pattern, in which `*` is any text. Never
 * goes back in the name, as an expression would: a pattern of many stars would hold up the server.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [start = '', ...middle] = pattern.split('*');
  const end = middle.pop();
  if (end === undefined) return pattern === name;
  if (!name.startsWith(start)) return false;
  let at = start.length;
  for (const part of middle) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + end.length <= name.length && name.endsWith(end);
}

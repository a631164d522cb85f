/** The `Key: value` lines at the end of a commit's message; a key may come more than once. */
export type Trailers = [key: string, value: string][];

/** Lines that only tools write: one of them makes a paragraph of mostly prose a paragraph of trailers. */
const GENERATED = ['Signed-off-by: ', '(cherry picked from commit '];

/**
 * The trailers of a message, by the rules of git: they stand in the last paragraph, which is not the
 * title; all its lines are trailers, or a line is generated and at least a quarter are trailers. A line
 * that starts with a space continues the one before it.
 */
export function parseTrailers(message: string): Trailers {
  const lines = withoutEnd(message.split('\n'));
  const start = startOfTrailers(lines);
  const trailers: Trailers = [];
  let current: [string, string] | undefined;
  for (const line of lines.slice(start)) {
    if (isComment(line)) continue;
    if (current && /^[ \t\r]/.test(line)) {
      current[1] = `${current[1].trimEnd()} ${line.trimStart()}`;
      continue;
    }
    const colon = separatorOf(line);
    current = colon > 0 ? [line.slice(0, colon).trim(), line.slice(colon + 1)] : undefined;
    if (current) trailers.push(current);
  }
  return trailers.map(([key, value]) => [key, value.trim()]);
}

const isComment = (line: string) => line.startsWith('#');
const isBlank = (line: string) => /^[ \t\r\v\f]*$/.test(line);

/** Without empty lines, comments and the list of conflicts that a merge leaves at the end. */
function withoutEnd(lines: string[]): string[] {
  let end: number | undefined;
  let inConflicts = false;
  lines.forEach((line, index) => {
    if (isComment(line) || line === '') end ??= index;
    else if (line === 'Conflicts:') {
      inConflicts = true;
      end ??= index;
    } else if (!(inConflicts && line.startsWith('\t'))) {
      end = undefined;
      inConflicts = false;
    }
  });
  return lines.slice(0, end);
}

/** Where the trailers begin in `lines`; behind the last line when there are none. */
function startOfTrailers(lines: string[]): number {
  const none = lines.length;
  const title = lines.findIndex((line) => !isComment(line) && isBlank(line));
  if (title < 0) return none;
  let trailers = 0;
  let prose = 0;
  let continuations = 0;
  let hasGenerated = false;
  let onlySpaces = true;
  for (let index = lines.length - 1; index >= title; index--) {
    const line = lines[index] ?? '';
    if (isComment(line)) {
      prose += continuations;
      continuations = 0;
    } else if (isBlank(line)) {
      if (onlySpaces) continue;
      prose += continuations;
      const found = hasGenerated ? trailers * 3 >= prose : trailers > 0 && prose === 0;
      return found ? index + 1 : none;
    } else {
      onlySpaces = false;
      if (GENERATED.some((prefix) => line.startsWith(prefix))) {
        trailers++;
        continuations = 0;
        hasGenerated = true;
      } else if (separatorOf(line) > 0 && !/^[ \t\r]/.test(line)) {
        trailers++;
        continuations = 0;
      } else if (/^[ \t\r]/.test(line)) continuations++;
      else {
        prose += 1 + continuations;
        continuations = 0;
      }
    }
  }
  return none;
}

/** The place of the colon behind a key of letters, digits and dashes; -1 when the line has none. */
function separatorOf(line: string): number {
  const [key] = /^[A-Za-z0-9-]*(?:(?<=.)[ \t]+)?(?=:)/.exec(line) ?? [];
  return key?.length ?? -1;
}

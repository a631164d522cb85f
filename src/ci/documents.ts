/** The first two documents of a file, cut at the lines that begin with `---`. */
export interface Parts {
  header: string;
  /** Offset of the header in the file. */
  headerStart: number;
  content: string;
  contentStart: number;
  /** Whether there is a third one that is not empty. */
  more: boolean;
}

const DIVIDER = /^---(?=\s|$)/gm;

/**
 * The file in parts, when it may begin with a header; null when it cannot. It is cut as text, since what comes after the
 * header need not be YAML before its inputs are filled in.
 */
export function splitHeader(source: string): Parts | null {
  if (!source.includes('spec')) return null;
  const parts: { start: number; text: string }[] = [];
  let start = 0;
  for (const { index } of source.matchAll(DIVIDER)) {
    parts.push({ start, text: source.slice(start, index) });
    start = index + '---'.length;
  }
  parts.push({ start, text: source.slice(start) });
  if (isEmpty(parts[0]?.text ?? '')) parts.shift();
  while (parts.length > 2 && isEmpty(parts[1]?.text ?? '')) parts.splice(1, 1);
  const [header, content] = parts;
  if (header === undefined || content === undefined) return null;
  return {
    header: header.text,
    headerStart: header.start,
    content: content.text,
    contentStart: content.start,
    more: parts.slice(2).some(({ text }) => !isEmpty(text)),
  };
}

/** Whether a text has nothing but space and comments. */
const isEmpty = (text: string) => text.split('\n').every((line) => /^\s*(#.*)?$/.test(line));

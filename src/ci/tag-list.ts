/**
 * The tags that are written, each once: a comma parts them, also where it comes out of a variable, unless it stands within
 * quotes, which are none of theirs and come first. What has nothing in it is no tag: no runner could have it.
 */
export function tagList(written: readonly string[]): string[] {
  const doubly = takeQuoted(written.join(', '), '"');
  const singly = takeQuoted(doubly.rest, "'");
  const tags = [...doubly.quoted, ...singly.quoted, ...singly.rest.split(',')].map((tag) => tag.trim());
  return [...new Set(tags)].filter((tag) => tag !== '');
}

/**
 * What stands between two commas, on one line and in quotes, and the text without it. Goes over the quotes that open and over those
 * that close once each, and never back: the text may be what variables have made of it, and long.
 */
function takeQuoted(text: string, quote: string): { quoted: string[]; rest: string } {
  const quoted: string[] = [];
  let rest = '';
  let kept = 0;
  const ends = text.matchAll(new RegExp(`${quote}(?=(\\s*)(?:,|$))|\\n`, 'g'));
  let end = ends.next().value;
  for (const opening of text.matchAll(new RegExp(`(?:^|,)\\s*${quote}`, 'g'))) {
    const from = opening.index + opening[0].length;
    if (opening.index < kept) continue;
    while (end && end.index < from) end = ends.next().value;
    if (end?.[0] !== quote) continue;
    quoted.push(text.slice(from, end.index));
    rest += text.slice(kept, opening.index);
    kept = end.index + 1 + (end[1] ?? '').length;
  }
  return { quoted, rest: rest + text.slice(kept) };
}

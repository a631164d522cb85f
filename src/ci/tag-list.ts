const QUOTED = [/(?:^|,)\s*"(.*?)"\s*(?=,|$)/g, /(?:^|,)\s*'(.*?)'\s*(?=,|$)/g];

/**
 * The tags that are written, each once: a comma parts them, also where it comes out of a variable, unless it stands within
 * quotes, which are none of theirs and come first. What has nothing in it is no tag: no runner could have it.
 */
export function tagList(written: readonly string[]): string[] {
  let rest = written.join(', ');
  const quoted: string[] = [];
  for (const pattern of QUOTED) {
    rest = rest.replace(pattern, (_, tag: string) => {
      quoted.push(tag);
      return '';
    });
  }
  const tags = [...quoted, ...rest.split(',')].map((tag) => tag.trim());
  return [...new Set(tags)].filter((tag) => tag !== '');
}

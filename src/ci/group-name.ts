import { RE2JS } from 're2js';

/** What makes a job one of a group. RE2, since an expression of JavaScript goes through some names for hours. */
const MEMBER = RE2JS.compile(String.raw`(?:[\s:]+(?:\[.*\]|\d+[\s:/\\]+\d+)){1,3}\s*$`);
/** Of most jobs that are, in which it takes no time: RE2 does, for a thousand. */
const PLAIN_MEMBER = /^([^[\]]*[^\s:[\]\d/\\])[\s:]+(?:\[[^[\]\n]*\]|\d+\/\d+)$/;

/** Jobs of one group are shown as one: `rspec 1/3`, `rspec: [a, b]` → `rspec`. */
export function groupName(name: string): string {
  const plain = PLAIN_MEMBER.exec(name)?.[1];
  if (plain !== undefined) return plain.trim();
  if (!/[\]\d]\s*$/.test(name)) return name;
  return MEMBER.matcher(name).replaceFirst('').trim() || name;
}

/** A piece of a text: what is seen as it is, or one character that is not seen and may make others seem what they are not. */
export type Piece = string | { char: string; code: string; name: string };

const NAMES: Readonly<Record<number, string>> = {
  0x00ad: 'soft hyphen',
  0x061c: 'Arabic letter mark',
  0x200b: 'zero width space',
  0x200c: 'zero width non-joiner',
  0x200d: 'zero width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate',
  0x2069: 'pop directional isolate',
  0xfeff: 'byte order mark',
};

/** Change the order in which what is around them is shown. */
const TURNING = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
/** Controls but for tabs and line feeds, fillers, spaces without a width, and what tags and annotates. */
const HIDDEN =
  '\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u115f\\u1160\\u180e\\u200b\\u2028\\u2029\\u2060-\\u2064' +
  '\\u206a-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb';
/** Joiners make letters and emoji of several characters; between those of English they only hide. Flags have tags. */
const OUT_OF_PLACE =
  '(?<=^|[\\0-\\x7f])[\\u200c\\u200d]|(?<!\\u{1f3f4}[\\u{e0020}-\\u{e007f}]{0,6})[\\u{e0001}-\\u{e007f}]';
const UNSEEN = new RegExp(`[${TURNING}${HIDDEN}]|${OUT_OF_PLACE}`, 'u');
export const EACH_UNSEEN = new RegExp(UNSEEN, 'gu');
const EACH_TURNING = new RegExp(`[${TURNING}]`, 'gu');
/** Marks are for whoever writes from right to left; these are for more. */
const OVERRIDING = /[\u202a-\u202e\u2066-\u2069]/u;

/** What has more of them is no text to be read: the colours of a log, bytes of a program. */
const MOST = 5000;

/** The text in pieces; one, which is the text, where all of it is seen. */
export function piecesOf(text: string): readonly Piece[] {
  if (!UNSEEN.test(text)) return [text];
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: char, index } of text.matchAll(EACH_UNSEEN)) {
    if (index > end) pieces.push(text.slice(end, index));
    pieces.push({ char, ...described(char) });
    end = index + char.length;
    if (pieces.length >= MOST) break;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** `U+202E`, and what it is called. */
export function described(char: string): { code: string; name: string } {
  const point = char.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return { code, name: NAMES[point] ?? (point < 0xa0 ? 'control character' : 'invisible character') };
}

/** Whether anything in it makes the text be shown in another order than it stands in. */
export const turns = (text: string): boolean => OVERRIDING.test(text);

/** The text for places that show nothing but plain text, as the title of a tab. */
export const withoutTurning = (text: string): string => text.replace(EACH_TURNING, '');

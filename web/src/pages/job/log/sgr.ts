/** A colour of a terminal: one of its 256 by number, or red, green and blue. */
export type Color = number | readonly [number, number, number];

/** How a terminal would show a character. */
export interface Style {
  readonly fg: Color | null;
  readonly bg: Color | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
  readonly hidden: boolean;
}

export const PLAIN: Style = Object.freeze({
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
  hidden: false,
});

const CHANGES: Readonly<Record<number, Partial<Style>>> = {
  0: PLAIN,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  8: { hidden: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  28: { hidden: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

/**
 * The style after `ESC [ params m`: parameters are separated by `;`, those of a colour maybe by `:`. What is not
 * known changes nothing. The package for this in npm knows neither `ESC[m` nor colons, and takes text for parameters.
 */
export function applySgr(style: Style, params: string): Style {
  const codes = params.split(';');
  let next = style;
  for (let at = 0; at < codes.length; at += 1) {
    const [code = 0, ...rest] = (codes[at] ?? '').split(':').map(Number);
    if (code !== 38 && code !== 48) {
      // `4:0` is no underline.
      next = code === 4 && rest[0] === 0 ? { ...next, underline: false } : changed(next, code);
      continue;
    }
    const given = rest.length > 0 ? rest : codes.slice(at + 1, at + 5).map(Number);
    const color = colorOf(given, rest.length > 0);
    if (rest.length === 0) at += given[0] === 2 ? 4 : 2;
    if (color !== null) next = code === 38 ? { ...next, fg: color } : { ...next, bg: color };
  }
  return next;
}

function changed(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 92 };
  const change = CHANGES[code];
  return change ? { ...style, ...change } : style;
}

/** `5;n` or `2;r;g;b`; with colons a colour space may stand before the red. */
function colorOf(given: readonly number[], withColons: boolean): Color | null {
  if (given[0] === 5) return isByte(given[1]) ? given[1] : null;
  if (given[0] !== 2) return null;
  const [red, green, blue] = withColons && given.length > 4 ? given.slice(2) : given.slice(1);
  return isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : null;
}

const isByte = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;

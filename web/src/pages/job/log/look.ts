import type { CSSProperties } from 'react';
import css from './look.module.css';
import type { Color, Style } from './sgr.ts';

/** The sixteen named colours as a background shows them, in either theme. */
const NAMED: readonly (readonly [number, number, number])[] = [
  [30, 33, 39],
  [190, 50, 42],
  [34, 128, 66],
  [176, 122, 20],
  [42, 98, 196],
  [150, 62, 158],
  [18, 122, 134],
  [208, 213, 221],
  [96, 104, 117],
  [239, 94, 84],
  [76, 190, 118],
  [236, 184, 84],
  [116, 166, 250],
  [222, 140, 240],
  [90, 200, 212],
  [255, 255, 255],
];
const STEPS = [0, 95, 135, 175, 215, 255];

type Rgb = readonly [number, number, number];

/** Red, green and blue of any of a terminal's colours. */
function rgbOf(color: Color): Rgb {
  if (typeof color !== 'number') return color;
  if (color < 16) return NAMED[color] ?? [0, 0, 0];
  if (color < 232) {
    const at = color - 16;
    return [STEPS[Math.floor(at / 36)] ?? 0, STEPS[Math.floor(at / 6) % 6] ?? 0, STEPS[at % 6] ?? 0];
  }
  const grey = 8 + (color - 232) * 10;
  return [grey, grey, grey];
}

/** How a style looks: a class, and the colours that have no name of the theme. */
export function lookOf(style: Style): { className?: string; style?: CSSProperties } {
  const classes = [
    style.bold && css.bold,
    style.dim && css.dim,
    style.italic && css.italic,
    style.underline && css.underline,
    style.strike && css.strike,
    style.hidden && css.hidden,
  ];
  const { fg, bg } = style.inverse ? { fg: style.bg, bg: style.fg } : style;
  let inline: CSSProperties | undefined;
  if (bg !== null) {
    // On a colour of its own a text has the colour that was asked for, or one that can be read.
    const ground = rgbOf(bg);
    inline = { background: text(ground), color: text(fg === null ? readableOn(ground) : rgbOf(fg)) };
  } else if (style.inverse) {
    classes.push(css.inverse);
    if (fg !== null) inline = { color: text(rgbOf(fg)) };
  } else if (typeof fg === 'number' && fg < 16) classes.push(css[`fg${fg}`]);
  else if (fg !== null) {
    // The theme's ground is not the one it was chosen for: its lightness is kept readable.
    classes.push(css.ink);
    inline = { '--ink': text(rgbOf(fg)) } as CSSProperties;
  }
  const className = classes.filter(Boolean).join(' ');
  return { ...(className !== '' && { className }), ...(inline && { style: inline }) };
}

const text = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;

/** Black or white, whichever has more contrast with it. */
function readableOn(ground: Rgb): Rgb {
  const [red = 0, green = 0, blue = 0] = ground.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // (l + 0.05) / 0.05 against 1.05 / (l + 0.05).
  return luminance > 0.179 ? [0, 0, 0] : [255, 255, 255];
}

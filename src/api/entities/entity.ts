import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/** An object of a reply: it names every field, and no other passes. */
export const entity = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A moment as replies write it: `2015-12-24T15:51:21.802Z`. */
export const Moment = Type.String({ format: 'date-time' });

const DAY = 24 * 3_600_000;
const numbers = (count: number, digits: number, end: string) =>
  Array.from({ length: count }, (_, number) => String(number).padStart(digits, '0') + end);
const hours = numbers(24, 2, ':');
const minutes = numbers(60, 2, ':');
const seconds = numbers(60, 2, '.');
const milliseconds = numbers(1000, 3, 'Z"');
let lastDay = Number.NaN;
let lastDate = '';

/**
 * Milliseconds since 1970 as the JSON of a Moment. Dates cost the most of it, and the moments of a page are of few days.
 * The time is put together by itself: a text this short is copied, while one behind the date would be as many
 * links of a chain, which whoever writes it out has to follow.
 */
export function isoText(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== lastDay) {
    lastDate = `"${new Date(day * DAY).toISOString().slice(0, 11)}`;
    lastDay = day;
  }
  const ms = time - day * DAY;
  const second = Math.floor(ms / 1000);
  const minute = Math.floor(second / 60);
  const clock = `${hours[Math.floor(minute / 60)]}${minutes[minute % 60]}${seconds[second % 60]}`;
  return `${lastDate}${clock}${milliseconds[ms % 1000]}`;
}

/** Milliseconds since 1970 as a Moment. */
export const iso = (time: number) => isoText(time).slice(1, -1);

/** As iso; null stays null. */
export const isoOrNull = (time: number | null) => (time === null ? null : iso(time));

/** `{"message": "…"}` */
export const Message = entity({ message: Type.String() });
export type Message = Static<typeof Message>;

/**
 * The text as JSON. What needs no escape, and that is nearly all that is short, is told faster by looking at it
 * than by asking JSON.stringify.
 */
export function quoted(text: string | null): string {
  if (text === null) return 'null';
  if (text.length > SHORT) return JSON.stringify(text);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return JSON.stringify(text);
  }
  return `"${text}"`;
}

const SHORT = 100;
const [SPACE, TILDE, QUOTE, BACKSLASH] = [0x20, 0x7e, 0x22, 0x5c];

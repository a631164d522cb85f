import { badParameters } from '../errors.ts';

const DAY = 24 * 3_600_000;
let last = { number: Number.NaN, day: '' };

/** The day of a moment, `YYYY-MM-DD`, UTC. */
export function dayOf(now: number): string {
  const number = Math.floor(now / DAY);
  // Asked with each request, and mostly the same.
  if (number !== last.number) last = { number, day: new Date(now).toISOString().slice(0, 10) };
  return last.day;
}

/**
 * The day that a parameter names, of which a time may follow; null for none given.
 * @throws 400 for what is no day
 */
export function dayGiven(name: string, text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  const day = /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(text)?.[0];
  const time = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  // 2026-02-31 parses as a day in March.
  if (day === undefined || Number.isNaN(time) || dayOf(time) !== day)
    throw badParameters([`${name} is invalid`]);
  return day;
}

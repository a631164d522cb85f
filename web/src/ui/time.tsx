import { useSyncExternalStore } from 'react';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** `3 minutes ago`, `yesterday`, `in 2 hours`. Below a minute: `just now`, so that it does not flicker. */
function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  // The moment that a page takes for now may be some seconds old.
  return seconds > 20 ? 'in under a minute' : 'just now';
}

/** How long ago, with the exact time on hover. */
export function Time({ at, prefix }: { at: string | null | undefined; prefix?: string }) {
  const now = useNow(15_000);
  if (at === null || at === undefined) return null;
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)}>
      {prefix === undefined ? '' : `${prefix} `}
      {relativeTime(date.getTime(), now)}
    </time>
  );
}

const two = (value: number) => String(value).padStart(2, '0');

/** `4s`, `2m 05s`, `1h 02m`; an empty text for null. `seconds` may have decimals. */
export function durationText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
}

/** A duration that is over, or one that runs since `since` and counts up each second. */
export function Duration({ seconds, since }: { seconds?: number | null; since?: string | null }) {
  const runs = (seconds === null || seconds === undefined) && since !== null && since !== undefined;
  return <span className="number">{runs ? <Counting since={since} /> : durationText(seconds)}</span>;
}

function Counting({ since }: { since: string }) {
  return durationText((useNow(1000) - new Date(since).getTime()) / 1000);
}

/** Now in milliseconds, new every `everyMs`; all that ask for one rate tick together. */
export function useNow(everyMs: number): number {
  const ticker = tickerOf(everyMs);
  return useSyncExternalStore(ticker.subscribe, ticker.now);
}

interface Ticker {
  subscribe: (changed: () => void) => () => void;
  now: () => number;
}
const tickers = new Map<number, Ticker>();

function tickerOf(everyMs: number): Ticker {
  const known = tickers.get(everyMs);
  if (known) return known;
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | null = null;
  const ticker: Ticker = {
    now: () => (timer === null ? (now = roundTo(Date.now(), everyMs)) : now),
    subscribe: (changed) => {
      listeners.add(changed);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const each of listeners) each();
      }, everyMs);
      return () => {
        listeners.delete(changed);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
  tickers.set(everyMs, ticker);
  return ticker;
}

/** A snapshot must not differ between two looks at it. */
const roundTo = (value: number, step: number) => value - (value % step);

const SECOND = 1;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNIT_SECONDS: Record<string, number> = {};
for (const [seconds, words] of [
  [SECOND, 's sec secs second seconds'],
  [MINUTE, 'm min mins minute minutes'],
  [HOUR, 'h hr hrs hour hours'],
  [DAY, 'd dy day days'],
  [7 * DAY, 'w wk wks week weeks'],
  [30 * DAY, 'mo mos month months'],
  [365.25 * DAY, 'y yr yrs year years'],
] as const) {
  for (const word of words.split(' ')) UNIT_SECONDS[word] = seconds;
}

/** What the parts of `1:02:03:04` count, from the right; weeks are left out. */
const CLOCK_SECONDS = [SECOND, MINUTE, HOUR, DAY, 30 * DAY, 365.25 * DAY];

/** A longer one is no duration: no calendar of a database or a runner holds what comes of it. */
const LONGEST_SECONDS = 1000 * 365.25 * DAY;

/** Characters. Of twice as many digits the expressions below take four times as long. */
const LONGEST_TEXT = 1000;

const JOINING_WORDS = new Set(['and', 'with', 'plus', '']);

const NUMBER_WORDS: Record<string, number> = {};
(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
  'sixteen seventeen eighteen nineteen twenty'
)
  .split(' ')
  .forEach((word, number) => (NUMBER_WORDS[word] = number));
'thirty forty fifty sixty seventy eighty ninety'
  .split(' ')
  .forEach((word, index) => (NUMBER_WORDS[word] = 30 + 10 * index));
const MULTIPLIERS: Record<string, number> = { hundred: 100, thousand: 1000, million: 1_000_000 };

/**
 * Seconds in a duration as people write it: `1 week`, `3 mins 4 sec`, `2h20min`, `1:30:00`, `one hour and 5
 * minutes`; a number without a unit counts seconds. A month has 30 days, a year 365.25. Null when a word is
 * unknown, or the sum is nothing or more than a thousand years, or the text is
 * longer than any duration is.
 */
export function durationSeconds(text: string): number | null {
  if (text.length > LONGEST_TEXT) return null;
  const lower = text.toLowerCase();
  const clock = lower.replaceAll(' ', '');
  if (/^\d*\.?\d+(:\d*\.?\d+)+$/.test(clock)) return clockSeconds(clock);
  const words = numberWordsToDigits(lower.replace(/\d*\.?\d+/g, ' $& ').split(/\s+/));
  let total = 0;
  let unitWithoutNumber = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (/^\d*\.?\d+$/.test(word)) {
      const unit = trimComma(words[at + 1] ?? '');
      const seconds = UNIT_SECONDS[unit];
      if (seconds !== undefined) at++;
      total += Number(word) * (seconds ?? SECOND);
    } else if (UNIT_SECONDS[trimComma(word)] !== undefined) {
      // Only a leading unit counts as one of it: `day` is a day, `2 days hours` two days.
      if (total === 0 && !unitWithoutNumber) total += UNIT_SECONDS[trimComma(word)] as number;
      unitWithoutNumber = true;
    } else if (!JOINING_WORDS.has(trimComma(word))) {
      return null;
    }
  }
  return bounded(total);
}

/** Seconds until something is over, null when it never is or the text is no duration. */
export const expirySeconds = (expireIn: string) => (isNever(expireIn) ? null : durationSeconds(expireIn));

/** Whether the text says how long something lasts: a duration, or `never`. */
export const isExpiry = (expireIn: string) => isNever(expireIn) || durationSeconds(expireIn) !== null;

const isNever = (expireIn: string) => expireIn.toLowerCase() === 'never';

function clockSeconds(clock: string): number | null {
  const parts = clock.split(':').toReversed();
  if (parts.length > CLOCK_SECONDS.length) return null;
  const total = parts.reduce((sum, part, index) => sum + Number(part) * (CLOCK_SECONDS[index] ?? 0), 0);
  return bounded(total);
}

const bounded = (total: number) => (total > 0 && total <= LONGEST_SECONDS ? total : null);

const trimComma = (word: string) => word.replace(/^,|,$/g, '');

/** `twenty five hours` → `25 hours`; digits and other words stay. */
function numberWordsToDigits(words: string[]): string[] {
  const result: string[] = [];
  let number: number | null = null;
  const flush = () => {
    if (number !== null) result.push(String(number));
    number = null;
  };
  for (const word of words.flatMap(splitNumberWord)) {
    const value = NUMBER_WORDS[word];
    const multiplier = MULTIPLIERS[word];
    if (value !== undefined) number = (number ?? 0) + value;
    else if (multiplier !== undefined) number = (number ?? 1) * multiplier;
    else {
      flush();
      result.push(word);
    }
  }
  flush();
  return result;
}

/** `twenty-five` are two words, `-5` is none. */
function splitNumberWord(word: string): string[] {
  const parts = word.split('-');
  return parts.every((part) => NUMBER_WORDS[part] !== undefined) ? parts : [word];
}

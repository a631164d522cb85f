/** Items of one day, in the order in which they came. */
export interface Day<T> {
  /** `YYYY-MM-DD` where the reader is. */
  day: string;
  items: T[];
}

const two = (value: number) => String(value).padStart(2, '0');
const dayOf = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** Puts together what follows each other on one day; commits need not stand in the order of their dates. */
export function byDay<T>(items: readonly T[], dateOf: (item: T) => string): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const day = dayOf(new Date(dateOf(item)));
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}

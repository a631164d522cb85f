import { compareNames } from '../graph/items.ts';

interface Decided {
  name: string;
  stage: string;
  included: boolean;
}
export type Which = 'all' | 'in' | 'out';

/**
 * The jobs whose name has the words. Those that are left out come first: it is them that people ask about. A name
 * that is exactly the text comes before all others.
 */
export function searchDecisions<D extends Decided>(jobs: readonly D[], text: string, which: Which): D[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/).filter(Boolean);
  const isExact = ({ name }: D) => name.toLowerCase() === wanted;
  return jobs
    .filter(({ included }) => which === 'all' || included === (which === 'in'))
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
    .toSorted(
      (one, other) =>
        Number(isExact(other)) - Number(isExact(one)) ||
        Number(one.included) - Number(other.included) ||
        compareNames(one.name, other.name),
    );
}

/** What is counted, for whoever asks. */
export const HOW_IT_IS_COUNTED =
  'Each run is compared with the one before it on the same branch or tag: one passed, and the other did not. Skipped runs do not count.';

/**
 * How often a test changes its mind, as one would say it.
 * @param score of the pairs of runs that follow each other on one branch or tag, the share whose results differ: 0 to 1
 */
export function flakyText(score: number): string {
  if (score === 0) return 'its result never changed from one run to the next';
  const percent = Math.round(score * 100);
  const often = percent === 0 ? 'less than 1' : percent;
  return `flaky: its result changed from one run to the next ${often} % of the time`;
}

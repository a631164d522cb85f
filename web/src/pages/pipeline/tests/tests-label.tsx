import { useQuery } from '@tanstack/react-query';
import { summaryQuery } from './queries.ts';

/** The name of the tab, with how many tests failed, or how many there are. */
export function TestsLabel({ fullPath, pipeline }: { fullPath: string; pipeline: number }) {
  const { data } = useQuery(summaryQuery(fullPath, pipeline));
  if (!data || data.total.count === 0) return 'Tests';
  const wrong = data.total.failed + data.total.error;
  return wrong > 0 ? `Tests ${wrong} failed` : `Tests ${data.total.count}`;
}

import { ListX } from 'lucide-react';
import { useSearchValue } from '../../address/use-search.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/note.tsx';

/** In the place of a pipeline's jobs where it has none: mistakes in its configuration, or it was skipped. */
export function NoJobs() {
  const [, setView] = useSearchValue('view', 'graph');
  return (
    <Empty icon={ListX} title="This pipeline has no jobs">
      <Button onClick={() => setView('why')}>Show why</Button>
    </Empty>
  );
}

import { lazy, Suspense, useState } from 'react';
import { useSearchValue } from '../../../address/use-search.ts';
import type { PipelineGraph } from '../../../api/schema.ts';
import { Skeleton } from '../../../ui/note.tsx';
import { Choice } from '../../../ui/choice.tsx';
import css from './graph-tab.module.css';

const loadFlow = async () => ({ default: (await import('./flow.tsx')).Flow });
const Flow = lazy(loadFlow);

/** Fetches what draws the graph while its jobs are still on their way. */
export const expectGraph = (): void => void loadFlow();

/** The graph by stages or by needs, as the address says. */
export function GraphTab({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const [view, setView] = useSearchValue('view', 'graph');
  const mode = view === 'needs' ? 'needs' : 'stages';
  const [tools, setTools] = useState<HTMLElement | null>(null);
  return (
    <>
      <div className={css.bar}>
        <Choice
          label="Arrange the graph"
          value={mode}
          options={[
            { value: 'stages', label: 'By stages' },
            { value: 'needs', label: 'By needs' },
          ]}
          onChange={(next) => setView(next === 'needs' ? 'needs' : 'graph')}
        />
        <div ref={setTools} />
      </div>
      <Suspense fallback={<Skeleton lines={8} />}>
        <Flow
          key={`${graph.pipeline.id} ${mode}`}
          fullPath={fullPath}
          graph={graph}
          mode={mode}
          tools={tools}
        />
      </Suspense>
    </>
  );
}

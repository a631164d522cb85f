import { useState } from 'react';
import { useSearchValue } from '../../../address/use-search.ts';
import type { PipelineGraph } from '../../../api/schema.ts';
import { Choice } from '../../../ui/choice.tsx';
import { NoJobs } from '../no-jobs.tsx';
import { Flow } from './flow.tsx';
import css from './graph-tab.module.css';

/** The graph by stages or by needs, as the address says. */
export function GraphTab({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const [view, setView] = useSearchValue('view', 'graph');
  const mode = view === 'needs' ? 'needs' : 'stages';
  const [tools, setTools] = useState<HTMLElement | null>(null);
  if (graph.jobs.length === 0) return <NoJobs />;
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
      <Flow
        key={`${graph.pipeline.id} ${mode}`}
        fullPath={fullPath}
        graph={graph}
        mode={mode}
        tools={tools}
      />
    </>
  );
}

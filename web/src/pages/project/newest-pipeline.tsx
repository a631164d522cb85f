import { useQuery } from '@tanstack/react-query';
import { LastPipeline } from '../../ui/last-pipeline.tsx';
import { Time } from '../../ui/time.tsx';
import css from './page.module.css';
import { newestPipelineQuery } from './queries.ts';

/** The newest pipeline of a branch, as it changes. */
export function NewestPipeline({ fullPath, branch }: { fullPath: string; branch: string }) {
  const { data: pipeline } = useQuery(newestPipelineQuery(fullPath, branch));
  if (!pipeline) return null;
  return (
    <span className={css.newest}>
      <LastPipeline fullPath={fullPath} pipeline={pipeline} wide />
      <Time at={pipeline.updated_at} />
    </span>
  );
}

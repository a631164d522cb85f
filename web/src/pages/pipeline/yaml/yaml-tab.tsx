import { useQuery } from '@tanstack/react-query';
import { isStatus } from '../../../api/problem.ts';
import type { PipelineDetails } from '../../../api/schema.ts';
import { Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { KeptConfiguration } from './kept-configuration.tsx';
import { LintedCommit } from './linted-commit.tsx';
import { configurationQuery } from './queries.ts';

/** What the pipeline was made of; of one that has kept nothing, what its commit has. */
export function YamlTab({ fullPath, pipeline }: { fullPath: string; pipeline: PipelineDetails }) {
  const { data, error, refetch } = useQuery(configurationQuery(fullPath, pipeline.id));
  if (isStatus(error, 404)) return <LintedCommit fullPath={fullPath} pipeline={pipeline} />;
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} />;
  return <KeptConfiguration of={data} fullPath={fullPath} sha={pipeline.sha} />;
}

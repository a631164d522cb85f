import { queryOptions, useQuery } from '@tanstack/react-query';
import { FileCode } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { api, dataOf } from '../../../api/client.ts';
import { isStatus } from '../../../api/problem.ts';
import type { PipelineDetails } from '../../../api/schema.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import { Empty, Note, Problem, Skeleton } from '../../../ui/note.tsx';
import css from './yaml.module.css';

const YamlView = lazy(async () => ({ default: (await import('./yaml-view.tsx')).YamlView }));

const mergedQuery = (fullPath: string, sha: string) =>
  queryOptions({
    queryKey: ['project', fullPath, 'merged-yaml', sha],
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/ci/lint', {
          params: { path: { id: fullPath }, query: { content_ref: sha } },
        }),
      ),
    staleTime: Infinity,
  });

/** The configuration of the commit in one, includes and `extends` resolved. */
export function YamlTab({ fullPath, pipeline }: { fullPath: string; pipeline: PipelineDetails }) {
  const { data, error, refetch } = useQuery(mergedQuery(fullPath, pipeline.sha));
  if (isStatus(error, 404))
    return (
      <Empty icon={FileCode} title="The configuration is not there any more">
        The commit of this pipeline has been removed from the repository.
      </Empty>
    );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} />;
  return (
    <div className={css.page}>
      {pipeline.source === 'parent_pipeline' && (
        <Note>
          This is the configuration of the commit. The jobs of this pipeline come from what its parent&apos;s
          &quot;trigger&quot; names: &quot;Why&quot; says where each is written.
        </Note>
      )}
      {data.errors.map((message) => (
        <Note key={message} tone="failed">
          {message}
        </Note>
      ))}
      {data.warnings.map((message) => (
        <Note key={message} tone="waiting">
          {message}
        </Note>
      ))}
      {data.merged_yaml !== null && data.merged_yaml !== '' && (
        <>
          <div className={css.head}>
            <p className={css.lead}>
              What is left of the files once includes and extends have been resolved.
            </p>
            <CopyButton text={data.merged_yaml} label="Copy the configuration" />
          </div>
          <Suspense fallback={<Skeleton lines={10} />}>
            <YamlView text={data.merged_yaml} label="Configuration in one" />
          </Suspense>
        </>
      )}
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { FileCode } from 'lucide-react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { isStatus } from '../../../api/problem.ts';
import type { PipelineDetails } from '../../../api/schema.ts';
import { Seen } from '../../../ui/name.tsx';
import { Empty, Note, Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { MergedYaml } from './merged-yaml.tsx';
import { lintQuery } from './queries.ts';
import css from './yaml.module.css';

/** For a pipeline that has kept nothing: the configuration of its commit, as it is read now. */
export function LintedCommit({ fullPath, pipeline }: { fullPath: string; pipeline: PipelineDetails }) {
  const { data, error, refetch } = useQuery(lintQuery(fullPath, pipeline.sha));
  if (isStatus(error, 404))
    return (
      <Empty icon={FileCode} title="The configuration is not there any more">
        Nothing was kept of it with this pipeline, and the commit has been removed from the repository.
      </Empty>
    );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} />;
  return (
    <div className={css.page}>
      <Note>
        Nothing was kept of what this pipeline was made of: it was skipped, or created before that was kept.
        This is the configuration of <Link href={addresses.tree(fullPath, pipeline.sha)}>its commit</Link> as
        it is read now, without what the pipeline was given.
        {pipeline.source === 'parent_pipeline' &&
          ' The jobs of this pipeline come from what its parent’s trigger names.'}
      </Note>
      {data.errors.map((message) => (
        <Note key={message} tone={isOfInputs(message) ? 'waiting' : 'failed'}>
          <Seen text={message} />
        </Note>
      ))}
      {data.warnings.map((message) => (
        <Note key={message} tone="waiting">
          <Seen text={message} />
        </Note>
      ))}
      {data.merged_yaml !== null && data.merged_yaml !== '' && (
        <MergedYaml text={data.merged_yaml}>
          All files in one: includes and extends have been resolved, and inputs have their defaults.
        </MergedYaml>
      )}
    </div>
  );
}

/** It was looked at without any values; the pipeline may have had them. */
const isOfInputs = (message: string) => /^`[^`]+` input: /.test(message);

import { queryOptions, useQuery } from '@tanstack/react-query';
import { FileCode } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { api, dataOf } from '../../../api/client.ts';
import { isStatus } from '../../../api/problem.ts';
import type { PipelineDetails } from '../../../api/schema.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import { Seen } from '../../../ui/name.tsx';
import { Empty, Note, Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import css from './yaml.module.css';

const YamlView = lazy(async () => ({ default: (await import('./yaml-view.tsx')).YamlView }));

const LABEL = 'Configuration in one';

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
        <Note key={message} tone={isOfInputs(message) ? 'waiting' : 'failed'}>
          <Seen text={message} />
        </Note>
      ))}
      {data.errors.some(isOfInputs) && (
        <Note>
          The configuration cannot be shown in one without values for its inputs, and those of this pipeline
          are not kept. <Link href={addresses.tree(fullPath, pipeline.sha)}>The commit</Link> has its files;
          &quot;Why&quot; says what became of each job.
        </Note>
      )}
      {data.warnings.map((message) => (
        <Note key={message} tone="waiting">
          <Seen text={message} />
        </Note>
      ))}
      {data.merged_yaml !== null && data.merged_yaml !== '' && (
        <>
          <div className={css.head}>
            <p className={css.lead}>
              What is left of the files once includes and extends have been resolved, with the defaults of its
              inputs.
            </p>
            <CopyButton text={data.merged_yaml} label="Copy the configuration" />
          </div>
          <Readable text={data.merged_yaml} />
        </>
      )}
    </div>
  );
}

/** It was looked at without any values; the pipeline may have had them. */
const isOfInputs = (message: string) => /^`[^`]+` input: /.test(message);

/** After so long the page is at rest, and has time for colours. */
const REST_MS = 2000;

/** To be read at once; what colours, folds and searches it comes when the page is at rest or the pointer comes near. */
function Readable({ text }: { text: string }) {
  const plain = useRef<HTMLPreElement>(null);
  const [isWanted, want] = useState(false);
  useEffect(() => {
    // Whoever reads it with the keyboard keeps the focus.
    const timer = setTimeout(() => want(document.activeElement !== plain.current), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  const shown = (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only says that what does more may come
    <pre
      ref={plain}
      className={css.plain}
      tabIndex={0}
      aria-label={LABEL}
      onPointerEnter={() => want(true)}
      onBlur={() => want(true)}
    >
      <Seen text={text} />
    </pre>
  );
  if (!isWanted) return shown;
  return (
    <Suspense fallback={shown}>
      <YamlView text={text} label={LABEL} />
    </Suspense>
  );
}

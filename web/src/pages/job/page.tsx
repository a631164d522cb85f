import { useQuery } from '@tanstack/react-query';
import { keepPreviousData } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValue } from '../../address/use-search.ts';
import { isStatus } from '../../api/problem.ts';
import { Skeleton } from '../../ui/note.tsx';
import { lookOf } from '../../ui/status.tsx';
import { useFavicon } from '../../ui/use-favicon.ts';
import { useTitle } from '../../ui/use-title.ts';
import { NotFound } from '../../ui/not-found.tsx';
import { Problem } from '../../ui/problem.tsx';
import { ArtifactBrowser } from './artifacts/browser.tsx';
import { ArtifactsPanel } from './artifacts-panel.tsx';
import { Attempts, SetByHand } from './attempts.tsx';
import { Details, Failure } from './details.tsx';
import { Head } from './head.tsx';
import { logAddress } from './log/log-address.ts';
import { LogViewer } from './log/viewer.tsx';
import { NoLog } from './no-log.tsx';
import css from './page.module.css';
import { type Attempt, attemptsQuery, type Job, jobQuery } from './queries.ts';
import { StageJobs } from './stage-jobs.tsx';
import { Waiting } from './waiting.tsx';

const Compare = lazy(async () => ({ default: (await import('./compare/compare.tsx')).Compare }));

/** A job: its log, or its artifacts, and beside it all there is to know of it. */
export default function Page({ fullPath, params }: PageProps) {
  const id = Number(params.id);
  const [compare] = useSearchValue('compare');
  const job = useQuery({ ...jobQuery(fullPath, id), placeholderData: keepPreviousData });
  const pipelineId = job.data?.pipeline.id ?? 0;
  const attempts = useQuery({
    ...attemptsQuery(fullPath, pipelineId, id),
    enabled: job.data !== undefined && !job.isPlaceholderData,
  });
  useTitle(
    job.data && `${lookOf(job.data.status, job.data.allow_failure).label}: ${job.data.name} (#${id})`,
    fullPath,
  );
  useFavicon(job.data?.status, job.data?.allow_failure);
  if (isStatus(job.error, 404)) return <NotFound />;
  if (job.data === undefined && job.isError)
    return <Problem error={job.error} retry={() => void job.refetch()} />;
  if (job.isPending) return <Skeleton lines={14} />;
  const attempt = attempts.data?.find((each) => each.id === id);
  return (
    <>
      <Head fullPath={fullPath} job={job.data} attempt={attempt} />
      <div className={css.columns} aria-busy={job.isPlaceholderData}>
        {/* Why it is not well stands above its log where it cannot stand beside it. */}
        <div className={css.reason}>
          <Failure job={job.data} attempt={attempt} />
          <Waiting fullPath={fullPath} job={job.data} attempt={attempt} />
        </div>
        <div className={css.main}>
          {params.artifact !== undefined && isBrowse() ? (
            <ArtifactBrowser fullPath={fullPath} jobId={id} path={params.artifact} />
          ) : compare !== '' ? (
            <Suspense fallback={<Skeleton lines={12} />}>
              {attempts.data && <Compare fullPath={fullPath} attempts={attempts.data} shown={id} />}
            </Suspense>
          ) : (
            <Log fullPath={fullPath} job={job.data} key={id} />
          )}
        </div>
        <Side fullPath={fullPath} job={job.data} attempt={attempt} attempts={attempts.data ?? []} />
      </div>
    </>
  );
}

/** Both addresses have one pattern; what names no file has an empty path either way. */
const isBrowse = () => /\/artifacts\/(?:browse|file)(?:\/|$)/.test(window.location.pathname);

/** Statuses in which a log grows, or may begin to. */
const WRITES = new Set(['pending', 'running', 'canceling']);

function Log({ fullPath, job }: { fullPath: string; job: Job }) {
  const { id } = job;
  const address = useMemo(() => logAddress(fullPath, id), [fullPath, id]);
  if (job.erased_at !== null) return <NoLog job={job} />;
  return (
    <LogViewer
      address={address}
      fileName={`${id}.log`}
      expected={WRITES.has(job.status)}
      endFirst={job.status === 'failed'}
      none={<NoLog job={job} />}
      gone={<NoLog job={job} gone />}
    />
  );
}

interface SideProps {
  fullPath: string;
  job: Job;
  attempt: Attempt | undefined;
  attempts: readonly Attempt[];
}

function Side({ fullPath, job, attempt, attempts }: SideProps) {
  return (
    <aside className={css.side} aria-label="About the job">
      <ArtifactsPanel fullPath={fullPath} job={job} attempt={attempt} />
      <Details job={job} attempt={attempt} />
      <SetByHand
        fullPath={fullPath}
        jobId={job.id}
        readable={attempt?.actions.includes('read_variables') ?? false}
      />
      <Attempts fullPath={fullPath} attempts={attempts} shown={job.id} />
      <StageJobs fullPath={fullPath} job={job} />
    </aside>
  );
}

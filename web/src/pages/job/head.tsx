import { GitBranch, GitCommitHorizontal, Tag, Workflow } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { Name } from '../../ui/name.tsx';
import { CodeLink } from '../../ui/code-link.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import { Actions } from './actions.tsx';
import css from './head.module.css';
import type { Attempt, Job } from './queries.ts';

/** What the job is, of which commit, who began it, how long it took, and what can be done with it. */
export function Head({
  fullPath,
  job,
  attempt,
}: {
  fullPath: string;
  job: Job;
  attempt: Attempt | undefined;
}) {
  const { commit, pipeline, ref, user } = job;
  const runs = job.status === 'running' || job.status === 'canceling';
  const Ref = job.tag ? Tag : GitBranch;
  return (
    <PageHead
      lead={<StatusBadge status={job.status} allowFailure={job.allow_failure} />}
      title={<Name text={job.name} />}
      detail={
        <>
          <span>
            #{job.id} in <Name text={job.stage} />
          </span>
          <span className={css.part}>
            <Workflow size={14} aria-hidden />
            <Link href={addresses.pipeline(fullPath, pipeline.id)}>Pipeline {pipeline.id}</Link>
          </span>
          <span className={css.part}>
            <Ref size={14} aria-hidden />
            <CodeLink fullPath={fullPath} href={addresses.tree(fullPath, ref)} className={css.text}>
              <Name text={ref} />
            </CodeLink>
          </span>
          {commit && (
            <span className={css.part}>
              <GitCommitHorizontal size={14} aria-hidden />
              <CodeLink
                fullPath={fullPath}
                href={addresses.commit(fullPath, commit.id)}
                className={css.commit}
                title={commit.title}
              >
                <code>{commit.short_id}</code> <Name text={commit.title} />
              </CodeLink>
            </span>
          )}
          {user && (
            <span>
              by <Name text={user.name} />
            </span>
          )}
          {job.started_at === null ? (
            <Time at={job.created_at} prefix="created" />
          ) : (
            <Time at={job.started_at} prefix="started" />
          )}
          {job.started_at !== null && (
            <span>
              {runs ? 'runs for ' : 'took '}
              <Duration seconds={runs ? null : job.duration} since={job.started_at} />
            </span>
          )}
        </>
      }
      actions={<Actions fullPath={fullPath} job={job} attempt={attempt} key={job.id} />}
    />
  );
}

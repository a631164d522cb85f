import { GitBranch, GitCommitHorizontal, Tag } from 'lucide-react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import type { PipelineGraph } from '../../../api/schema.ts';
import { CodeLink } from '../../../ui/code-link.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { Name } from '../../../ui/name.tsx';
import { PageHead } from '../../../ui/page-head.tsx';
import { isActive, shownStatus, StatusBadge } from '../../../ui/status.tsx';
import { Duration, Time } from '../../../ui/time.tsx';
import css from './head.module.css';
import { Fact } from './fact.tsx';
import { PipelineButtons } from './pipeline-buttons.tsx';
import { Waiting } from './waiting.tsx';

/** GitLab's sources, as one would say what began the pipeline. */
const SOURCES: Record<string, string> = {
  push: 'a push',
  web: 'a run by hand',
  trigger: 'a trigger',
  schedule: 'a schedule',
  api: 'the API',
  external: 'an external service',
  pipeline: 'another project’s pipeline',
  chat: 'a chat',
  merge_request_event: 'a merge request',
  parent_pipeline: 'its parent pipeline',
};

/** What a pipeline is called: its own name, or what its commit says. */
export const titleOf = ({ pipeline, commit }: PipelineGraph): string =>
  pipeline.name ?? commit?.title ?? `Pipeline #${pipeline.id}`;

/** What it is, of what, by whom, how long it took, and what can be done with it. */
export function PipelineHead({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const { pipeline, commit, upstream, triggered } = graph;
  const waits = pipeline.started_at === null && isActive(pipeline.status);
  return (
    <>
      <PageHead
        lead={<StatusBadge status={shownStatus(pipeline)} />}
        title={
          <>
            <Name text={titleOf(graph)} /> <span className={css.number}>#{pipeline.id}</span>
          </>
        }
        detail={
          <>
            <span className={css.part}>
              <GitCommitHorizontal size={14} aria-hidden />
              <CodeLink fullPath={fullPath} href={addresses.commit(fullPath, pipeline.sha)}>
                <code>{pipeline.sha.slice(0, 8)}</code>
              </CodeLink>
              <CopyButton text={pipeline.sha} label="Copy the commit" />
              {pipeline.name !== null && commit !== null && (
                <span className={css.commit}>
                  <Name text={commit.title} />
                </span>
              )}
            </span>
            <span className={css.part}>
              {pipeline.tag ? <Tag size={14} aria-hidden /> : <GitBranch size={14} aria-hidden />}
              <Link href={addresses.pipelines(fullPath, { ref: pipeline.ref })}>
                <Name text={pipeline.ref} />
              </Link>
            </span>
            <span>
              <Time at={pipeline.created_at} />
              {pipeline.user && (
                <>
                  {' '}
                  by <Name text={pipeline.user.name} />
                </>
              )}
              , begun by {SOURCES[pipeline.source] ?? pipeline.source.replaceAll('_', ' ')}
            </span>
          </>
        }
        actions={<PipelineButtons fullPath={fullPath} graph={graph} />}
      />
      <dl className={css.facts}>
        {pipeline.started_at !== null && (
          <Fact label="Duration">
            <Duration
              seconds={isActive(pipeline.status) ? null : pipeline.duration}
              since={isActive(pipeline.status) ? pipeline.started_at : null}
            />
          </Fact>
        )}
        {(pipeline.queued_duration !== null || waits) && (
          <Fact label="Queued">
            <Duration seconds={pipeline.queued_duration} since={waits ? pipeline.created_at : null} />
          </Fact>
        )}
        <Waiting fullPath={fullPath} graph={graph} />
        {pipeline.coverage !== null && <Fact label="Coverage">{pipeline.coverage} %</Fact>}
        {upstream && (
          <Fact label="Upstream">
            <Link href={addresses.pipeline(upstream.path_with_namespace, upstream.id)}>
              {upstream.path_with_namespace === fullPath ? '' : upstream.path_with_namespace} #{upstream.id}
            </Link>
          </Fact>
        )}
        {triggered.map((each) => (
          <Fact key={each.id} label="Triggered by a job">
            <Link href={addresses.pipeline(each.path_with_namespace, each.id)}>
              {each.path_with_namespace} #{each.id}
            </Link>
          </Fact>
        ))}
      </dl>
    </>
  );
}

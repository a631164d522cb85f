import { useQuery } from '@tanstack/react-query';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { LastPipeline } from '../../ui/last-pipeline.tsx';
import { Name } from '../../ui/name.tsx';
import { Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Cell, Row, Table, table } from '../../ui/table.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import css from './page.module.css';
import { pipelinesOfQuery } from './queries.ts';

/** The pipelines that ran for a commit, the newest first. */
export function CommitPipelines({ fullPath, sha }: { fullPath: string; sha: string }) {
  const pipelines = useQuery(pipelinesOfQuery(fullPath, sha));
  return (
    <section className={css.pipelines}>
      <h2>Pipelines</h2>
      {pipelines.isPending && <Skeleton lines={2} />}
      {pipelines.isError && <Problem error={pipelines.error} retry={() => void pipelines.refetch()} />}
      {pipelines.data?.length === 0 && (
        <p className={css.quiet}>
          None: nothing in its <code>.gitlab-ci.yml</code> was for it, or it has none.
        </p>
      )}
      {pipelines.data && pipelines.data.length > 0 && (
        <Table label="Pipelines" head={['Status', 'Pipeline', 'Ref', 'Duration', 'Created']}>
          {pipelines.data.map((pipeline) => (
            <Row key={pipeline.id}>
              <Cell className={table.narrow}>
                <LastPipeline fullPath={fullPath} pipeline={pipeline} wide />
              </Cell>
              <Cell>
                <Link href={addresses.pipeline(fullPath, pipeline.id)}>
                  <Name text={pipeline.name ?? `Pipeline #${pipeline.id}`} />
                </Link>
              </Cell>
              <Cell>
                <code>
                  <Name text={pipeline.ref} />
                </code>
              </Cell>
              <Cell className={table.narrow}>
                <Duration seconds={pipeline.duration ?? null} since={pipeline.started_at ?? null} />
              </Cell>
              <Cell className={table.narrow}>
                <Time at={pipeline.created_at} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </section>
  );
}

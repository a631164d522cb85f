import { useQuery } from '@tanstack/react-query';
import { Name, Names, Seen } from '../../ui/name.tsx';
import { Note, Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Cell, Row, Table, table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { managersQuery, runnerQuery } from './queries.ts';
import { RunnerStatus } from './runner-status.tsx';
import css from './runners.module.css';

/** The machines that a runner's program runs on, and what else is known of it. */
export function Machines({ id }: { id: number }) {
  const machines = useQuery(managersQuery(id));
  const { data: runner } = useQuery(runnerQuery(id));
  if (machines.isPending) return <Skeleton lines={2} />;
  if (machines.isError) return <Problem error={machines.error} retry={() => void machines.refetch()} />;
  return (
    <div className={css.details}>
      {runner?.maintenance_note && (
        <Note>
          <Seen text={runner.maintenance_note} />
        </Note>
      )}
      {machines.data.length === 0 ? (
        <p className={css.muted}>No machine has called yet.</p>
      ) : (
        <Table label="Machines" head={['Status', 'Machine', 'Version', 'Platform', 'Executor', 'Called']}>
          {machines.data.map((machine) => (
            <Row key={machine.id}>
              <Cell className={table.narrow}>
                <RunnerStatus status={machine.status} />
              </Cell>
              <Cell>
                <Name text={machine.system_id} />
                {machine.ip_address !== null && <span className={css.muted}> {machine.ip_address}</span>}
              </Cell>
              <Cell>
                <Names of={[machine.version]} />
              </Cell>
              <Cell>
                <Names of={[machine.platform, machine.architecture]} between="/" />
              </Cell>
              <Cell>
                <Names of={[machine.executor]} />
              </Cell>
              <Cell className={table.narrow}>
                <Time at={machine.contacted_at} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {runner && runner.projects.length > 1 && (
        <p className={css.muted}>
          Of these projects: {runner.projects.map((project) => project.path_with_namespace).join(', ')}
        </p>
      )}
    </div>
  );
}

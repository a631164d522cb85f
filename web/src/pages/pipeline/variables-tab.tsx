import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { api, dataOf } from '../../api/client.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Seen } from '../../ui/name.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Cell, Row, Table, table } from '../../ui/table.tsx';

/** The variables that this pipeline was given when it was created. */
export function VariablesTab({ fullPath, pipeline }: { fullPath: string; pipeline: number }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['project', fullPath, 'pipeline-variables', pipeline],
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/variables', {
          params: { path: { id: fullPath, pipeline_id: pipeline } },
        }),
      ),
    staleTime: Infinity,
  });
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton />;
  if (data.length === 0)
    return (
      <Empty icon={KeyRound} title="This pipeline was given no variables">
        Those of the project, its groups and the configuration hold as always. Whoever runs a pipeline by
        hand, by a schedule or by a trigger can give it others.
      </Empty>
    );
  return (
    <Table label="Variables of this pipeline" head={['Variable', 'Value', 'Type', '']}>
      {data.map(({ key, value, variable_type }) => (
        <Row key={key}>
          <Cell>
            <code>
              <Seen text={key} />
            </code>
          </Cell>
          <Cell>
            <code>
              <Seen text={value ?? ''} />
            </code>
          </Cell>
          <Cell className={table.wide}>{variable_type === 'file' ? 'File' : 'Variable'}</Cell>
          <Cell className={table.narrow}>
            <CopyButton text={value ?? ''} label={`Copy the value of ${key}`} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

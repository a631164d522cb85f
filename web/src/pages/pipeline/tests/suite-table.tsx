import { Cell, Row, Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/name.tsx';
import { secondsText } from './case-list.tsx';
import { hasFailed, type Suite } from './cases.ts';
import css from './tests.module.css';

/** Suites, those with failures first; jobs of one `parallel` are one suite. */
export function SuiteTable({
  suites,
  onSuite,
}: {
  suites: readonly Suite[];
  onSuite: (name: string) => void;
}) {
  const rows = suites
    .map(({ name, test_cases }) => ({
      name,
      count: test_cases.length,
      failed: test_cases.filter(hasFailed).length,
      skipped: test_cases.filter(({ status }) => status === 'skipped').length,
      time: test_cases.reduce((sum, { execution_time }) => sum + execution_time, 0),
    }))
    .toSorted((one, other) => other.failed - one.failed);
  return (
    <Table label="Suites" head={['Suite', 'Tests', 'Failed', 'Skipped', 'Time']}>
      {rows.map((row) => (
        <Row key={row.name}>
          <Cell>
            <button type="button" className={css.link} onClick={() => onSuite(row.name)}>
              <Name text={row.name} />
            </button>
          </Cell>
          <Cell className="number">{row.count} tests</Cell>
          <Cell className="number">
            <span data-status={row.failed > 0 ? 'failed' : undefined}>{row.failed} failed</span>
          </Cell>
          <Cell className="number">{row.skipped} skipped</Cell>
          <Cell className="number">{secondsText(row.time)}</Cell>
        </Row>
      ))}
    </Table>
  );
}

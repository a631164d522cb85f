import { useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useMemo } from 'react';
import { useSearchValues } from '../../../address/use-search.ts';
import { CopyBlock } from '../../../ui/copy.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Seen } from '../../../ui/name.tsx';
import { Empty, Note, Skeleton } from '../../../ui/note.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { CaseList, secondsText } from './case-list.tsx';
import { casesOf, hasFailed, searchCases, slowest, type Suite } from './cases.ts';
import { FlakyList } from './flaky-list.tsx';
import { reportQuery, summaryQuery } from './queries.ts';
import { SuiteTable } from './suite-table.tsx';
import css from './tests.module.css';

const SNIPPET = `test:
  script: npm test
  artifacts:
    when: always
    reports:
      junit: report.xml`;
const SLOWEST = 50;
const PARTS = ['failures', 'all', 'slowest', 'suites', 'flaky'] as const;
type Part = (typeof PARTS)[number];

/** What the JUnit reports of the pipeline say: failures first. */
export function TestsTab({ fullPath, pipeline }: { fullPath: string; pipeline: number }) {
  const summary = useQuery(summaryQuery(fullPath, pipeline));
  if (summary.isPending) return <Skeleton lines={6} />;
  if (summary.isError) return <Problem error={summary.error} retry={() => void summary.refetch()} />;
  const { total, test_suites } = summary.data;
  if (test_suites.length === 0) return <NoReports />;
  return <Report fullPath={fullPath} pipeline={pipeline} total={total} />;
}

interface Total {
  count: number;
  success: number;
  failed: number;
  error: number;
  skipped: number;
  time: number;
}

function Report({ fullPath, pipeline, total }: { fullPath: string; pipeline: number; total: Total }) {
  const [values, set] = useSearchValues(['tests', 'case']);
  const wrong = total.failed + total.error;
  const part = PARTS.find((each) => each === values.tests) ?? (wrong > 0 ? 'failures' : 'all');
  const text = values.case ?? '';
  const report = useQuery({ ...reportQuery(fullPath, pipeline, total), placeholderData: (before) => before });
  const suites: readonly Suite[] | undefined = report.data?.test_suites;
  const cases = useMemo(() => searchCases(casesOf(suites ?? []), text), [suites, text]);
  return (
    <>
      <Totals total={total} />
      <div className={css.tools}>
        <Choice
          label="Which tests"
          value={part}
          options={[
            { value: 'failures', label: `Failures ${wrong}` },
            { value: 'all', label: `All ${total.count}` },
            { value: 'slowest', label: 'Slowest' },
            { value: 'suites', label: 'Suites' },
            { value: 'flaky', label: 'Flaky' },
          ]}
          onChange={(next) => set({ tests: next })}
        />
        {part !== 'flaky' && part !== 'suites' && (
          <div className={css.search}>
            <TextField
              label="Filter"
              type="search"
              placeholder="Name, class, suite or file"
              value={text}
              onChange={(next) => set({ case: next }, 'typed')}
            />
          </div>
        )}
      </div>
      {part === 'flaky' ? (
        <FlakyList fullPath={fullPath} />
      ) : report.isPending ? (
        <Skeleton lines={8} />
      ) : report.isError ? (
        <Problem error={report.error} retry={() => void report.refetch()} />
      ) : (
        <>
          {suites?.map(
            ({ name, suite_error }) =>
              suite_error !== null && (
                <Note key={name} tone="failed">
                  <Seen text={`${name}: ${suite_error}`} />
                </Note>
              ),
          )}
          {part === 'suites' ? (
            <SuiteTable suites={suites ?? []} onSuite={(name) => set({ tests: 'all', case: name })} />
          ) : (
            <Cases part={part} fullPath={fullPath} cases={cases} />
          )}
        </>
      )}
    </>
  );
}

function Cases({
  part,
  fullPath,
  cases,
}: {
  part: Part;
  fullPath: string;
  cases: ReturnType<typeof casesOf>;
}) {
  const shown =
    part === 'failures' ? cases.filter(hasFailed) : part === 'slowest' ? slowest(cases, SLOWEST) : cases;
  if (shown.length > 0) return <CaseList key={part} fullPath={fullPath} cases={shown} />;
  return (
    <p className={css.more}>
      {part === 'failures'
        ? 'No test that fits has failed.'
        : 'No test fits: take away a word of the filter.'}
    </p>
  );
}

function Totals({ total }: { total: Total }) {
  const each: [string, string | number, string?][] = [
    ['Tests', total.count],
    ['Passed', total.success, 'success'],
    ['Failed', total.failed, 'failed'],
    ['Errors', total.error, 'error'],
    ['Skipped', total.skipped],
    ['Time', secondsText(total.time)],
  ];
  return (
    <dl className={css.totals}>
      {each.map(([label, value, status]) => (
        <div key={label} className={css.total}>
          <dt>{label}</dt>
          <dd data-status={value === 0 ? undefined : status}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function NoReports() {
  return (
    <Empty icon={FlaskConical} title="No test reports">
      <p>
        A job that leaves a JUnit report shows its tests here: failures with their output, the slowest, and
        how each went in its last 100 runs. Most test programs can write one.
      </p>
      <div className={css.snippet}>
        <CopyBlock text={SNIPPET} label="A job with a report" />
      </div>
    </Empty>
  );
}

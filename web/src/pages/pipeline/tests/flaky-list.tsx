import { useQuery } from '@tanstack/react-query';
import { Name, Names } from '../../../ui/name.tsx';
import { Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { flakiestQuery } from './queries.ts';
import { Flakiness, Runs } from './runs.tsx';
import css from './tests.module.css';

/** The tests of the whole project that change their minds most, whatever this pipeline ran. */
export function FlakyList({ fullPath }: { fullPath: string }) {
  const { data, error, refetch } = useQuery(flakiestQuery(fullPath));
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={6} />;
  const flaky = data.filter(({ flaky_score }) => flaky_score > 0);
  if (flaky.length === 0)
    return <p className={css.more}>No test of this project has changed its mind in its last 100 runs.</p>;
  return (
    <ul className={css.cases}>
      {flaky.map((test) => (
        <li key={test.id} className={css.flaky}>
          <span className={css.what}>
            <span className={css.name}>
              <Name text={test.name} />
            </span>
            <span className={css.muted}>
              <Names of={[test.suite_name, test.classname]} between=" › " />,{' '}
              <Flakiness score={test.flaky_score} />, in its last {test.total_count} runs
            </span>
          </span>
          <Runs fullPath={fullPath} runs={test.runs} />
        </li>
      ))}
    </ul>
  );
}

import { useQuery } from '@tanstack/react-query';
import { lastCommitQuery } from '../../code/queries.ts';
import { LeftOutList } from '../../code/left-out.tsx';
import { pushQuery, whyNone } from '../../code/why-none.ts';
import { Name } from '../../ui/name.tsx';
import { Note } from '../../ui/note.tsx';
import css from './page.module.css';

/** Says so where the last push made no pipeline because the configuration leaves out all of it, and why. */
export function NoPipeline({ fullPath, branch }: { fullPath: string; branch: string }) {
  const { data: commit } = useQuery(lastCommitQuery(fullPath, branch, ''));
  const isWithout = commit !== null && commit !== undefined && !commit.last_pipeline;
  const { data } = useQuery({ ...pushQuery(fullPath), enabled: isWithout });
  const why = isWithout && data ? whyNone(data) : [];
  if (why.length === 0) return null;
  return (
    <div className={css.without}>
      <Note tone="waiting">
        The last push to <Name text={branch} /> made no pipeline:{' '}
        {why[0]?.job === null ? 'workflow leaves it out.' : 'every job is left out.'}
        <LeftOutList fullPath={fullPath} refName={branch} of={why} />
      </Note>
    </div>
  );
}

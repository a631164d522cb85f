import type { PageProps } from '../../address/routes.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { Choice } from '../../ui/choice.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { TABS } from './filters.ts';
import { JobList } from './job-list.tsx';
import css from './jobs.module.css';

/** The jobs of a project, as they change. */
export default function Page({ fullPath }: PageProps) {
  useTitle('Jobs', fullPath);
  const [{ status }, set] = useSearchValues(['status', 'before']);
  const tab = TABS.find(({ value }) => value === status) ?? TABS[0];
  return (
    <>
      <PageHead title="Jobs" />
      <div className={css.tabs}>
        <Choice
          label="Jobs by status"
          value={tab.value}
          options={TABS}
          onChange={(value) => set({ status: value === 'all' ? null : value, before: null })}
        />
      </div>
      <JobList fullPath={fullPath} tab={tab} />
    </>
  );
}

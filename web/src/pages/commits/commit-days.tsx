import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import type { CommitInLine } from '../../code/queries.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { LastPipeline } from '../../ui/last-pipeline.tsx';
import { Name } from '../../ui/name.tsx';
import { Time } from '../../ui/time.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import { byDay } from './by-day.ts';
import css from './commit-days.module.css';

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

/** Commits, day by day, each with how its newest pipeline went. */
export function CommitDays({ fullPath, commits }: { fullPath: string; commits: readonly CommitInLine[] }) {
  const rows = useRowKeys<HTMLDivElement>('commit');
  const days = byDay(commits, ({ committed_date }) => committed_date);
  return (
    <div ref={rows}>
      {days.map(({ day, items }) => (
        <section key={items[0]?.id} className={css.day} aria-label={day}>
          <h2>{format.format(new Date(items[0]?.committed_date ?? day))}</h2>
          <ul className={css.commits}>
            {items.map((commit) => (
              <li key={commit.id} className={css.commit}>
                <span className={css.status}>
                  <LastPipeline fullPath={fullPath} pipeline={commit.last_pipeline} />
                </span>
                <div className={css.what}>
                  <Link href={addresses.commit(fullPath, commit.id)} className={css.title} data-row>
                    <Name text={commit.title === '' ? '(no message)' : commit.title} />
                  </Link>
                  <p>
                    <Name text={commit.author_name} /> <Time at={commit.committed_date} />
                  </p>
                </div>
                <Link href={addresses.commit(fullPath, commit.id)} className={css.id}>
                  <code>{commit.short_id}</code>
                </Link>
                <CopyButton text={commit.id} label="Copy the SHA" />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

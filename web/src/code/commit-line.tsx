import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Name } from '../ui/name.tsx';
import { LastPipeline } from '../ui/last-pipeline.tsx';
import { Time } from '../ui/time.tsx';
import css from './commit-line.module.css';
import { lastCommitQuery } from './queries.ts';

interface Props {
  fullPath: string;
  refName: string;
  path: string;
}

/** Who changed this last, and how its pipeline went. Its place is kept while it loads. */
export function CommitLine({ fullPath, refName, path }: Props) {
  const { data: commit } = useQuery(lastCommitQuery(fullPath, refName, path));
  return (
    <div className={css.line}>
      {commit && (
        <>
          <LastPipeline fullPath={fullPath} pipeline={commit.last_pipeline} />
          <Link href={addresses.commit(fullPath, commit.id)} className={css.title} title={commit.title}>
            <Name text={commit.title} />
          </Link>
          <span className={css.detail}>
            <span className={css.author}>
              <Name text={commit.author_name} />
            </span>
            <Time at={commit.committed_date} />
            <Link href={addresses.commit(fullPath, commit.id)}>
              <code>{commit.short_id}</code>
            </Link>
          </span>
        </>
      )}
      <ButtonLink
        href={addresses.commits(fullPath, refName, path)}
        kind="quiet"
        size="small"
        icon={History}
        className={css.history}
      >
        History
      </ButtonLink>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { FileCode } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import type { PageProps } from '../../address/routes.tsx';
import { useAbilities } from '../../api/abilities.ts';
import { isStatus } from '../../api/problem.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Name, Seen } from '../../ui/name.tsx';
import { Note, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Time } from '../../ui/time.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { CommitFacts } from './commit-facts.tsx';
import { CommitPipelines } from './commit-pipelines.tsx';
import css from './page.module.css';
import { commitQuery } from './queries.ts';

/** A commit, by its SHA or by a branch or tag: what it says, who made it, where it stands, and its pipelines. */
export default function CommitPage({ fullPath, params }: PageProps) {
  const sha = params.sha ?? '';
  const commit = useQuery(commitQuery(fullPath, sha));
  const can = useAbilities('project', fullPath);
  useTitle(commit.data?.title, commit.data?.id.slice(0, 8) ?? sha, fullPath);
  if (commit.isPending) return <Skeleton lines={6} />;
  if (isStatus(commit.error, 404))
    return (
      <Note tone="failed">
        There is no commit, branch or tag <Name text={sha} /> here.
      </Note>
    );
  if (commit.isError) return <Problem error={commit.error} retry={() => void commit.refetch()} />;
  const { id, title, message, author_name, authored_date } = commit.data;
  const body = message.startsWith(title) ? message.slice(title.length).trim() : message.trim();
  return (
    <>
      <PageHead
        title={title === '' ? '(no message)' : <Name text={title} />}
        detail={
          <span>
            <Name text={author_name} /> wrote it <Time at={authored_date} />
          </span>
        }
        actions={
          <ButtonLink href={addresses.tree(fullPath, id)} icon={FileCode}>
            Browse files
          </ButtonLink>
        }
      />
      {body !== '' && (
        <pre className={css.message}>
          <Seen text={body} />
        </pre>
      )}
      <CommitFacts fullPath={fullPath} commit={commit.data} />
      {can('read_pipeline') && <CommitPipelines fullPath={fullPath} sha={id} />}
    </>
  );
}

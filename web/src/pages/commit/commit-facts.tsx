import { useQuery } from '@tanstack/react-query';
import { GitBranch, Tag } from 'lucide-react';
import type { ReactNode } from 'react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Name } from '../../ui/name.tsx';
import { Time } from '../../ui/time.tsx';
import css from './page.module.css';
import { refsOfQuery } from './queries.ts';

interface Commit {
  id: string;
  parent_ids: string[];
  author_name: string;
  author_email: string;
  committer_name: string;
  committer_email: string;
  committed_date: string;
  stats?: { additions: number; deletions: number } | undefined;
}

/** What there is to know of a commit besides its message. */
export function CommitFacts({ fullPath, commit }: { fullPath: string; commit: Commit }) {
  const { data: refs = [] } = useQuery(refsOfQuery(fullPath, commit.id));
  const byOther = commit.committer_email !== commit.author_email;
  return (
    <dl className={css.facts}>
      <Fact name="Commit">
        <code className={css.sha}>{commit.id}</code> <CopyButton text={commit.id} label="Copy the SHA" />
      </Fact>
      <Fact name="Author">
        <Name text={commit.author_name} /> <span className={css.quiet}>{commit.author_email}</span>
      </Fact>
      {byOther && (
        <Fact name="Committer">
          <Name text={commit.committer_name} /> <span className={css.quiet}>{commit.committer_email}</span>{' '}
          <Time at={commit.committed_date} />
        </Fact>
      )}
      <Fact name={commit.parent_ids.length === 1 ? 'Parent' : 'Parents'}>
        {commit.parent_ids.length === 0 && 'None: it is the first'}
        {commit.parent_ids.map((id) => (
          <Link key={id} href={addresses.commit(fullPath, id)} className={css.ref}>
            <code>{id.slice(0, 8)}</code>
          </Link>
        ))}
      </Fact>
      {commit.stats && (
        <Fact name="Lines">
          <span className={css.added}>+{commit.stats.additions}</span>{' '}
          <span className={css.removed}>−{commit.stats.deletions}</span>
        </Fact>
      )}
      {refs.length > 0 && (
        <Fact name="In">
          {refs.map(({ type, name }) => {
            const Icon = type === 'tag' ? Tag : GitBranch;
            return (
              <Link key={`${type} ${name}`} href={addresses.tree(fullPath, name)} className={css.ref}>
                <Icon size={14} aria-label={type} />
                <code>
                  <Name text={name} />
                </code>
              </Link>
            );
          })}
        </Fact>
      )}
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className={css.fact}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

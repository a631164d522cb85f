import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowLeft, Download, File, Folder, FolderX } from 'lucide-react';
import { Fragment } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { isStatus } from '../../../api/problem.ts';
import { Button, ButtonAnchor, ButtonLink, IconLink } from '../../../ui/button.tsx';
import { Name } from '../../../ui/name.tsx';
import { Empty, Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { sizeText } from '../log/size-text.ts';
import { archiveAddress, artifactAddress, treeQuery } from '../queries.ts';
import css from './browser.module.css';
import { Preview } from './preview.tsx';

interface Props {
  fullPath: string;
  jobId: number;
  /** Of a folder or a file of the archive; empty: all of it. */
  path: string;
}

/** The archive of a job as a tree, and its files as far as they can be shown. */
export function ArtifactBrowser({ fullPath, jobId, path }: Props) {
  const tree = useInfiniteQuery(treeQuery(fullPath, jobId, path));
  // What is no folder may be a file.
  const isFile = path !== '' && isStatus(tree.error, 404);
  return (
    <section aria-label="Files of the artifacts">
      <header className={css.head}>
        <ButtonLink size="small" icon={ArrowLeft} href={addresses.job(fullPath, jobId)}>
          Log
        </ButtonLink>
        <Trail fullPath={fullPath} jobId={jobId} path={path} />
        <ButtonAnchor size="small" icon={Download} href={archiveAddress(fullPath, jobId)} download>
          Download all
        </ButtonAnchor>
      </header>
      {isFile ? (
        <Preview address={artifactAddress(fullPath, jobId, path)} path={path} key={path} />
      ) : tree.isPending ? (
        <Skeleton lines={6} />
      ) : isStatus(tree.error, 404) ? (
        <Empty icon={FolderX} title="There are no artifacts">
          The job has left none, or they have expired or were erased.
        </Empty>
      ) : tree.data === undefined ? (
        <Problem error={tree.error} retry={() => void tree.refetch()} />
      ) : (
        <>
          <Entries
            fullPath={fullPath}
            jobId={jobId}
            entries={tree.data.pages.flatMap(({ items }) => items)}
          />
          {tree.hasNextPage && (
            <Button
              busy={tree.isFetchingNextPage}
              onClick={() => void tree.fetchNextPage()}
              className={css.more}
            >
              Show more
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function Trail({ fullPath, jobId, path }: Props) {
  const parts = path === '' ? [] : path.replace(/\/$/, '').split('/');
  return (
    <nav className={css.trail} aria-label="Path in the archive">
      <Link href={addresses.jobArtifacts(fullPath, jobId)}>Artifacts</Link>
      {parts.map((part, index) => {
        const to = parts.slice(0, index + 1).join('/');
        return (
          <Fragment key={to}>
            <span aria-hidden>/</span>
            {index === parts.length - 1 ? (
              <span aria-current="page">
                <Name text={part} />
              </span>
            ) : (
              <Link href={addresses.jobArtifacts(fullPath, jobId, to)}>
                <Name text={part} />
              </Link>
            )}
          </Fragment>
        );
      })}
    </nav>
  );
}

interface Entry {
  name: string;
  path: string;
  type: string;
  size?: number;
}

function Entries({
  fullPath,
  jobId,
  entries,
}: {
  fullPath: string;
  jobId: number;
  entries: readonly Entry[];
}) {
  return (
    <ul className={css.entries}>
      {entries.map((entry) => {
        const isFolder = entry.type === 'directory' || entry.type === 'tree';
        const Icon = isFolder ? Folder : File;
        const path = entry.path.replace(/\/$/, '');
        return (
          <li key={entry.path} className={css.entry}>
            <Icon size={16} className={css.icon} aria-label={isFolder ? 'Folder' : 'File'} />
            <Link href={addresses.jobArtifacts(fullPath, jobId, path)} className={css.name}>
              <Name text={entry.name.replace(/\/$/, '')} />
            </Link>
            {entry.size !== undefined && !isFolder && (
              <span className={css.size}>{sizeText(entry.size)}</span>
            )}
            {!isFolder && (
              <IconLink
                label={`Download ${entry.name}`}
                icon={Download}
                size="small"
                href={artifactAddress(fullPath, jobId, path)}
                download={entry.name}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

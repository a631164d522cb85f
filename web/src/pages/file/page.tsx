import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { FileX } from 'lucide-react';
import { Redirect } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import type { PageProps } from '../../address/routes.tsx';
import { isStatus } from '../../api/problem.ts';
import { CommitLine } from '../../code/commit-line.tsx';
import { Crumbs } from '../../code/crumbs.tsx';
import { fileQuery, treeQuery } from '../../code/queries.ts';
import { RefPicker } from '../../code/ref-picker.tsx';
import type { RefAndPath } from '../../code/split-ref.ts';
import { useRefAndPath } from '../../code/use-refs.ts';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Name } from '../../ui/name.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { FileView } from './file-view.tsx';
import { isPicture } from './is-picture.ts';

/** What is fetched to be shown; a larger file is downloaded. */
const LARGEST = 5 * 1024 * 1024;

/** A file of the repository at a branch, tag or commit. */
export default function FilePage({ fullPath, params }: PageProps) {
  const { place, error, retry } = useRefAndPath(fullPath, params.rest ?? '');
  useTitle(place?.path, place?.ref, fullPath);
  if (error) return <Problem error={error} retry={retry} />;
  if (place === undefined) return <Skeleton lines={8} />;
  if (place.path === '') return <Redirect to={addresses.tree(fullPath, place.ref)} replace />;
  return <OneFile fullPath={fullPath} place={place} />;
}

function OneFile({ fullPath, place: { ref, path } }: { fullPath: string; place: RefAndPath }) {
  // A picture is loaded by its own element: here only its size is asked for.
  const file = useQuery(fileQuery(fullPath, ref, path, isPicture(path) ? 0 : LARGEST));
  return (
    <>
      <h1 className="visually-hidden">
        <Name text={path} />
      </h1>
      <Toolbar>
        <RefPicker
          fullPath={fullPath}
          refName={ref}
          addressOf={(other) => addresses.blob(fullPath, other, path)}
        />
        <Crumbs fullPath={fullPath} refName={ref} path={path} />
      </Toolbar>
      {file.isPending && <Skeleton lines={8} />}
      {file.isError &&
        (isStatus(file.error, 404) ? (
          <Missing fullPath={fullPath} refName={ref} path={path} />
        ) : (
          <Problem error={file.error} retry={() => void file.refetch()} />
        ))}
      {file.isSuccess && (
        <>
          <CommitLine fullPath={fullPath} refName={ref} path={path} />
          <FileView fullPath={fullPath} refName={ref} path={path} {...file.data} />
        </>
      )}
    </>
  );
}

/** A link of a text does not tell a folder from a file. */
function Missing({ fullPath, refName, path }: { fullPath: string; refName: string; path: string }) {
  const folder = useInfiniteQuery(treeQuery(fullPath, refName, path));
  if (folder.isPending) return <Skeleton />;
  if (folder.isSuccess) return <Redirect to={addresses.tree(fullPath, refName, path)} replace />;
  return (
    <Empty icon={FileX} title="No such file here">
      <code>
        <Name text={refName} />
      </code>{' '}
      has no file{' '}
      <code>
        <Name text={path} />
      </code>
      . <Link href={addresses.tree(fullPath, refName)}>Go to the topmost folder</Link>
    </Empty>
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { FolderX, PackageOpen } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import type { PageProps } from '../../address/routes.tsx';
import { isStatus } from '../../api/problem.ts';
import { CommitLine } from '../../code/commit-line.tsx';
import { Crumbs } from '../../code/crumbs.tsx';
import { treeQuery } from '../../code/queries.ts';
import { Readme, readmeOf } from '../../code/readme.tsx';
import { RefPicker } from '../../code/ref-picker.tsx';
import type { RefAndPath } from '../../code/split-ref.ts';
import { TreeTable } from '../../code/tree-table.tsx';
import { useRefAndPath } from '../../code/use-refs.ts';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Name } from '../../ui/name.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { useTitle } from '../../ui/use-title.ts';

/** A folder of the repository at a branch, tag or commit. */
export default function FilesPage({ fullPath, params }: PageProps) {
  const { place, error, retry } = useRefAndPath(fullPath, params.rest ?? '');
  useTitle(place?.path === '' ? 'Files' : place?.path, place?.ref, fullPath);
  if (error) return <Problem error={error} retry={retry} />;
  if (place === undefined) return <Skeleton lines={6} />;
  return <Folder fullPath={fullPath} place={place} />;
}

function Folder({ fullPath, place: { ref, path } }: { fullPath: string; place: RefAndPath }) {
  const tree = useInfiniteQuery(treeQuery(fullPath, ref, path));
  const readme = readmeOf(tree.data?.pages.flatMap(({ items }) => items) ?? []);
  const missing = isStatus(tree.error, 404);
  return (
    <>
      <h1 className="visually-hidden">{path === '' ? 'Files' : <Name text={path} />}</h1>
      <Toolbar>
        <RefPicker
          fullPath={fullPath}
          refName={ref}
          addressOf={(other) => addresses.tree(fullPath, other, path)}
        />
        <Crumbs fullPath={fullPath} refName={ref} path={path} />
      </Toolbar>
      {missing ? (
        <Missing fullPath={fullPath} refName={ref} path={path} />
      ) : (
        <>
          <CommitLine fullPath={fullPath} refName={ref} path={path} />
          <TreeTable fullPath={fullPath} refName={ref} path={path} />
          {readme !== null && <Readme fullPath={fullPath} refName={ref} path={readme} />}
        </>
      )}
    </>
  );
}

function Missing({ fullPath, refName, path }: { fullPath: string; refName: string; path: string }) {
  if (path === '')
    return (
      <Empty icon={PackageOpen} title="Nothing is here">
        There is no branch, tag or commit{' '}
        <code>
          <Name text={refName} />
        </code>
        , or nothing was pushed yet. <Link href={addresses.project(fullPath)}>Go to the project</Link>
      </Empty>
    );
  return (
    <Empty icon={FolderX} title="No such folder here">
      <code>
        <Name text={refName} />
      </code>{' '}
      has no folder{' '}
      <code>
        <Name text={path} />
      </code>
      . <Link href={addresses.tree(fullPath, refName)}>Go to the topmost folder</Link>
    </Empty>
  );
}

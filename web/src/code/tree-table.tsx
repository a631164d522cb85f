import { useInfiniteQuery } from '@tanstack/react-query';
import { CornerLeftUp, File, FileSymlink, Folder, FolderGit2, type LucideIcon } from 'lucide-react';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import { Button } from '../ui/button.tsx';
import { Name } from '../ui/name.tsx';
import { Skeleton } from '../ui/note.tsx';
import { Problem } from '../ui/problem.tsx';
import { useRowKeys } from '../ui/use-row-keys.ts';
import { treeQuery } from './queries.ts';
import css from './tree-table.module.css';

interface Props {
  fullPath: string;
  refName: string;
  path: string;
}

/** The folders and files of a folder. */
export function TreeTable({ fullPath, refName, path }: Props) {
  const tree = useInfiniteQuery(treeQuery(fullPath, refName, path));
  const rows = useRowKeys<HTMLUListElement>('file');
  if (tree.isPending) return <Skeleton lines={6} />;
  if (tree.isError) return <Problem error={tree.error} retry={() => void tree.refetch()} />;
  const entries = tree.data.pages.flatMap(({ items }) => items);
  const above = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  return (
    <>
      <ul ref={rows} className={css.tree} aria-label={path === '' ? 'Files' : `Files in ${path}`}>
        {path !== '' && (
          <li>
            <Link href={addresses.tree(fullPath, refName, above)} className={css.entry} data-row>
              <CornerLeftUp size={16} aria-hidden />
              <span>..</span>
            </Link>
          </li>
        )}
        {entries.map((entry) => (
          <li key={entry.path}>
            <Entry fullPath={fullPath} refName={refName} entry={entry} />
          </li>
        ))}
      </ul>
      {tree.hasNextPage && (
        <p className={css.more}>
          <Button busy={tree.isFetchingNextPage} onClick={() => void tree.fetchNextPage()}>
            Show more files
          </Button>
        </p>
      )}
    </>
  );
}

type TreeEntry = { id: string; name: string; path: string; type: string; mode: string };

function Entry({ fullPath, refName, entry }: Omit<Props, 'path'> & { entry: TreeEntry }) {
  const { Icon, kind } = lookOf(entry);
  const content = (
    <>
      <Icon size={16} aria-hidden className={entry.type === 'tree' ? css.folder : undefined} />
      <span>
        <Name text={entry.name} />
      </span>
      {kind !== null && <span className={css.kind}>{kind}</span>}
    </>
  );
  if (entry.type === 'commit') return <span className={css.entry}>{content}</span>;
  const page = entry.type === 'tree' ? 'tree' : 'blob';
  return (
    <Link href={addresses[page](fullPath, refName, entry.path)} className={css.entry} data-row>
      {content}
    </Link>
  );
}

function lookOf({ type, mode, id }: TreeEntry): { Icon: LucideIcon; kind: string | null } {
  if (type === 'tree') return { Icon: Folder, kind: null };
  if (type === 'commit') return { Icon: FolderGit2, kind: `submodule at ${id.slice(0, 8)}` };
  if (mode === '120000') return { Icon: FileSymlink, kind: 'link' };
  return { Icon: File, kind: mode === '100755' ? 'executable' : null };
}

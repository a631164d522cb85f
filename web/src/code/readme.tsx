import { useQuery } from '@tanstack/react-query';
import { BookText } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import { Seen } from '../ui/name.tsx';
import { Skeleton } from '../ui/note.tsx';
import { Problem } from '../ui/problem.tsx';
import { isText, textOfBytes } from './bytes.ts';
import { fileQuery } from './queries.ts';
import css from './readme.module.css';

const Markdown = lazy(() =>
  import('./markdown.tsx').then(({ Markdown: default_ }) => ({ default: default_ })),
);

/** A longer one is a file to open, not a page to read. */
const LONGEST = 512 * 1024;

interface Props {
  fullPath: string;
  refName: string;
  /** The path of the file. */
  path: string;
}

/** The README of a folder. */
export function Readme({ fullPath, refName, path }: Props) {
  const file = useQuery(fileQuery(fullPath, refName, path, LONGEST));
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    <section className={css.readme} aria-label={name}>
      <header className={css.head}>
        <BookText size={16} aria-hidden />
        <Link href={addresses.blob(fullPath, refName, path)}>{name}</Link>
      </header>
      <div className={css.body}>
        {file.isPending && <Skeleton />}
        {file.isError && <Problem error={file.error} retry={() => void file.refetch()} />}
        {file.isSuccess && <Content {...{ fullPath, refName, path, bytes: file.data.bytes }} />}
      </div>
    </section>
  );
}

function Content({ fullPath, refName, path, bytes }: Props & { bytes: Uint8Array | null }) {
  if (bytes === null || !isText(bytes)) return <p>It is too long, or no text: open it to see what it is.</p>;
  const text = textOfBytes(bytes);
  if (!/\.(md|markdown|mkd|mdown)$/i.test(path))
    return (
      <pre className={css.plain}>
        <Seen text={text} />
      </pre>
    );
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  return (
    <Suspense fallback={<Skeleton />}>
      <Markdown text={text} place={{ fullPath, ref: refName, folder }} />
    </Suspense>
  );
}

/** The entry of a folder that is its README, the one in Markdown first; null without one. */
export function readmeOf(entries: readonly { name: string; path: string; type: string }[]): string | null {
  const found = entries.filter(({ name, type }) => type === 'blob' && /^readme(\.|$)/i.test(name));
  return (found.find(({ name }) => /\.(md|markdown)$/i.test(name)) ?? found[0])?.path ?? null;
}

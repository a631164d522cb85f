import { useMemo } from 'react';
import { Code, Download } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { isText, linesOf, sizeText, textOfBytes } from '../../code/bytes.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Empty, Note } from '../../ui/note.tsx';
import { turns } from '../../ui/unseen.ts';
import css from './file-view.module.css';
import { isPicture } from './is-picture.ts';
import { TextLines } from './text-lines.tsx';

interface Props {
  fullPath: string;
  refName: string;
  path: string;
  size: number;
  bytes: Uint8Array | null;
}

/** What is in a file: its lines, its picture, or the way to download it. */
export function FileView({ fullPath, refName, path, size, bytes }: Props) {
  const text = useMemo(() => (bytes !== null && isText(bytes) ? textOfBytes(bytes) : null), [bytes]);
  const lines = useMemo(() => (text === null ? [] : linesOf(text)), [text]);
  const raw = addresses.raw(fullPath, refName, path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    <section className={css.file} aria-label={name}>
      <header className={css.head}>
        <span className={css.facts}>
          {text !== null && `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, `}
          {sizeText(size)}
        </span>
        {text !== null && <CopyButton text={text} label="Copy the file" />}
        <a className={css.link} href={raw}>
          <Code size={16} aria-hidden /> Raw
        </a>
        <a className={css.link} href={raw} download={name}>
          <Download size={16} aria-hidden /> Download
        </a>
      </header>
      {isPicture(path) ? (
        <div className={css.picture}>
          <img src={raw} alt={name} />
        </div>
      ) : text !== null ? (
        <>
          {turns(text) && (
            <div className={css.warning}>
              <Note tone="waiting">
                Characters in this file that are not seen change the order in which others are shown, so a
                program may read it otherwise than you do. They are marked with their codes.
              </Note>
            </div>
          )}
          <TextLines lines={lines} />
        </>
      ) : (
        <Empty icon={Download} title={bytes === null ? 'Too large to show' : 'No text'}>
          {bytes === null
            ? `It has ${sizeText(size)}. Download it to look at it.`
            : 'These bytes are for a program to read. Download the file to look at it.'}
        </Empty>
      )}
    </section>
  );
}

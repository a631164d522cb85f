import { useQuery } from '@tanstack/react-query';
import { Download, FileQuestion } from 'lucide-react';
import { useState } from 'react';
import { Button, ButtonAnchor } from '../../../ui/button.tsx';
import { Seen } from '../../../ui/name.tsx';
import { Empty, Note, Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { sizeText } from '../log/size-text.ts';
import { isBinary, kindOf } from './kind.ts';
import css from './preview.module.css';
import { readBeginning } from './read-beginning.ts';

/** Bytes of a text that are shown. */
const MOST = 512 * 1024;

/** A file as far as it can be shown without running with the rights of this page. */
export function Preview({ address, path }: { address: string; path: string }) {
  const kind = kindOf(path);
  const [asSource, setAsSource] = useState(false);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const download = (
    <ButtonAnchor size="small" icon={Download} href={address} download={name}>
      Download the file
    </ButtonAnchor>
  );
  return (
    <div className={css.preview}>
      <div className={css.bar}>
        {kind === 'page' && (
          <div className={css.choice} role="group" aria-label="How to show it">
            <Button size="small" aria-pressed={!asSource} onClick={() => setAsSource(false)}>
              Page
            </Button>
            <Button size="small" aria-pressed={asSource} onClick={() => setAsSource(true)}>
              Source
            </Button>
          </div>
        )}
        {download}
      </div>
      {kind === 'image' ? (
        <div className={css.ground}>
          <img src={address} alt={name} className={css.image} />
        </div>
      ) : kind === 'page' && !asSource ? (
        <>
          {/* Of no origin: its scripts run, but have neither the cookies nor the rights of this page. */}
          <iframe
            src={`${address}?as_page=true`}
            title={name}
            sandbox="allow-scripts"
            className={css.frame}
          />
          <p className={css.hint}>
            It is shown in a sandbox, with what belongs to it in the archive. What it wants from other servers
            is not loaded, and it cannot act for you.
          </p>
        </>
      ) : (
        <Text address={address} download={download} />
      )}
    </div>
  );
}

function Text({ address, download }: { address: string; download: React.ReactNode }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['artifact', address],
    queryFn: ({ signal }) => readBeginning(address, MOST, signal),
    retry: false,
  });
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton lines={8} />;
  if (data.bytes.length === 0) return <Empty icon={FileQuestion} title="The file is empty" />;
  if (isBinary(data.bytes))
    return (
      <Empty icon={FileQuestion} title="It cannot be shown">
        <p>It is neither text nor a picture that browsers know.</p>
        {download}
      </Empty>
    );
  return (
    <>
      <pre className={css.text} tabIndex={0} aria-label="Content">
        <Seen text={new TextDecoder().decode(data.bytes)} />
      </pre>
      {data.more && <Note>Only the first {sizeText(MOST)} are shown. Download the file for all of it.</Note>}
    </>
  );
}

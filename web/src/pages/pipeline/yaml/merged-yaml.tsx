import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { CopyButton } from '../../../ui/copy.tsx';
import { Seen } from '../../../ui/name.tsx';
import css from './yaml.module.css';

const YamlView = lazy(async () => ({ default: (await import('./yaml-view.tsx')).YamlView }));

const LABEL = 'Configuration in one';

/** A configuration in one to be read, searched and copied; `children` say what it is. */
export function MergedYaml({ text, children }: { text: string; children: ReactNode }) {
  return (
    <>
      <div className={css.head}>
        <p className={css.lead}>{children}</p>
        <CopyButton text={text} label="Copy the configuration" />
      </div>
      <Readable text={text} />
    </>
  );
}

/** After so long the page is at rest, and has time for colours. */
const REST_MS = 2000;

/** To be read at once; what colours, folds and searches it comes when the page is at rest or the pointer comes near. */
function Readable({ text }: { text: string }) {
  const plain = useRef<HTMLPreElement>(null);
  const [isWanted, want] = useState(false);
  useEffect(() => {
    // Whoever reads it with the keyboard keeps the focus.
    const timer = setTimeout(() => want(document.activeElement !== plain.current), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  const shown = (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only says that what does more may come
    <pre
      ref={plain}
      className={css.plain}
      tabIndex={0}
      aria-label={LABEL}
      onPointerEnter={() => want(true)}
      onBlur={() => want(true)}
    >
      <Seen text={text} />
    </pre>
  );
  if (!isWanted) return shown;
  return (
    <Suspense fallback={shown}>
      <YamlView text={text} label={LABEL} />
    </Suspense>
  );
}

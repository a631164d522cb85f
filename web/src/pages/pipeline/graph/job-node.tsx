import { type ComponentProps, type Ref, useEffect, useRef } from 'react';
import { Link } from '../../../address/link.tsx';
import { lookOf, StatusGlyph } from '../../../ui/status.tsx';
import { Name } from '../../../ui/name.tsx';
import { Duration } from '../../../ui/time.tsx';
import { hrefOf } from '../summary.ts';
import { useFocusStore, useRegard } from './focus-store.ts';
import { NodeButtons } from './node-buttons.tsx';
import css from './node.module.css';
import type { NodeProps } from './seat.ts';

/** What a place in the graph shares with the keyboard: it takes the focus when an arrow leads to it. */
export function useFocusable<E extends HTMLElement>(key: string) {
  const store = useFocusStore();
  const { shade, isCurrent, isWanted } = useRegard(key);
  const ref = useRef<E>(null);
  useEffect(() => {
    if (!isWanted || !ref.current) return;
    store.taken();
    ref.current.focus({ preventScroll: true });
    // The camera has brought it into the frame, of which the window may show a part.
    ref.current.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isWanted, store]);
  return {
    isCurrent,
    shade,
    pointing: { onMouseEnter: () => store.look(key), onMouseLeave: () => store.look(null) },
    focusing: {
      ref,
      tabIndex: isCurrent ? 0 : -1,
      'data-place': key,
      onFocus: () => {
        store.moveTo(key, { take: false });
        store.look(key);
      },
      onBlur: () => store.look(null),
    },
  };
}

export function JobNode({ node: { place, fullPath, jobs }, seat }: NodeProps) {
  const job = jobs[0];
  const { isCurrent, shade, pointing, focusing } = useFocusable<HTMLAnchorElement>(place.key);
  if (!job) return null;
  const { tone, label } = lookOf(job.status, job.allow_failure);
  return (
    <div {...seat} className={css.node} data-tone={tone} data-shade={shade} {...pointing}>
      <Opening
        {...focusing}
        href={hrefOf(fullPath, job)}
        className={css.open}
        title={`${job.name}: ${label}`}
      >
        <StatusGlyph status={job.status} allowFailure={job.allow_failure} />
        <Name text={place.label} className={css.name} />
        {job.started_at !== null && (
          <span className={css.time}>
            <Duration seconds={job.duration} since={job.finished_at === null ? job.started_at : null} />
          </span>
        )}
      </Opening>
      <NodeButtons
        place={place.key}
        fullPath={fullPath}
        pipeline={place.pipeline}
        job={job}
        tabIndex={isCurrent ? 0 : -1}
      />
    </div>
  );
}

/** A link where there is something to open; what has nothing takes the focus all the same. */
function Opening({
  href,
  ref,
  ...rest
}: Omit<ComponentProps<'a'>, 'href' | 'ref'> & { href: string | null; ref: Ref<HTMLAnchorElement> }) {
  if (href === null) return <span role="group" {...rest} ref={ref as Ref<HTMLSpanElement>} />;
  return <Link href={href} {...rest} ref={ref} draggable={false} />;
}

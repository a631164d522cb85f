import { ChevronDown, ChevronsLeft, Layers } from 'lucide-react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { messageOf } from '../../../api/problem.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Name } from '../../../ui/name.tsx';
import { lookOf, shownStatus, StatusGlyph, StatusIcon } from '../../../ui/status.tsx';
import { summaryOf } from '../summary.ts';
import { useGraphTools } from './graph-context.ts';
import { useFocusable } from './job-node.tsx';
import css from './node.module.css';
import type { FrameNode } from './node-keeper.ts';
import type { NodeProps, Seat } from './seat.ts';
import { unfoldedPipeline } from './use-unfolded.ts';

/** All jobs of one `parallel`, as one: what they come to, and how many of each status. Unfolded on a click. */
export function FoldNode({ node: { place, jobs }, seat }: NodeProps) {
  const { toggle } = useGraphTools();
  const { shade, pointing, focusing } = useFocusable<HTMLButtonElement>(place.key);
  const isHead = place.kind === 'head';
  const { status, counts } = summaryOf(jobs);
  const { tone, label } = lookOf(status);
  const told = counts.map((each) => `${each.count} ${lookOf(each.status).label.toLowerCase()}`).join(', ');
  return (
    <div
      {...seat}
      className={isHead ? css.head : css.node}
      data-tone={tone}
      data-shade={isHead ? 'none' : shade}
      data-stacked={!isHead}
      {...pointing}
    >
      <button
        type="button"
        {...focusing}
        className={css.open}
        aria-expanded={isHead}
        title={`${place.label}: ${told}`}
        onClick={() => toggle(place.own)}
      >
        {isHead ? <ChevronDown size={16} aria-hidden /> : <StatusGlyph status={status} />}
        <Name text={place.label} className={css.name} />
        {!isHead && (
          <span className={css.bar} aria-hidden>
            {counts.map((each) => (
              <span
                key={each.status}
                data-tone={lookOf(each.status).tone}
                className={css.part}
                style={{ flexGrow: each.count }}
              />
            ))}
          </span>
        )}
        <span className={css.count} title={label}>
          <Layers size={12} aria-hidden />
          {jobs.length} <span className="visually-hidden">jobs: {told}</span>
        </span>
      </button>
    </div>
  );
}

export function StageNode({ node: { place, jobs }, seat }: NodeProps) {
  return (
    <div {...seat} className={css.stage}>
      <span className={css.stageName} title={place.label}>
        <Name text={place.label} />
      </span>
      <span className={css.stageCount}>{jobs.length}</span>
    </div>
  );
}

export function GateNode({ node: { place }, seat }: NodeProps) {
  return <div {...seat} className={css.gate} title={`All stages before ${place.label}`} />;
}

/** Around a pipeline that has been unfolded: what it is, and the way to it. */
export function PipelineFrame({ node: { frame, shown }, seat }: { node: FrameNode; seat: Seat }) {
  const { toggle } = useGraphTools();
  const { link } = shown;
  if (link === null) return null;
  const pipeline = shown.graph?.pipeline ?? link;
  return (
    <section
      {...seat}
      className={css.frame}
      aria-label={`Pipeline #${link.id} of ${link.path_with_namespace}`}
    >
      <header className={css.frameHead}>
        <StatusIcon status={shownStatus(pipeline)} />
        <Link href={addresses.pipeline(link.path_with_namespace, link.id)} className={css.frameTitle}>
          <Name text={pipeline.name ?? link.name_with_namespace} />{' '}
          <span className={css.number}>#{link.id}</span>
        </Link>
        <IconButton
          label={`Fold pipeline #${frame.pipeline}`}
          icon={ChevronsLeft}
          size="small"
          onClick={() => toggle(unfoldedPipeline(frame.pipeline))}
        />
      </header>
      {shown.graph === null && (
        <p className={css.frameNote} role="status">
          {shown.error === null ? 'Loading…' : messageOf(shown.error)}
        </p>
      )}
    </section>
  );
}

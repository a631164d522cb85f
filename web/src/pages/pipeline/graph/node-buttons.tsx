import { ChevronsLeft, ChevronsRight, type LucideIcon } from 'lucide-react';
import type { MouseEvent } from 'react';
import type { PipelineJob } from '../../../api/schema.ts';
import { ACTION_ICONS } from '../action-icons.ts';
import { JOB_ACTIONS } from '../actions.ts';
import { useFocusStore } from './focus-store.ts';
import { useGraphTools } from './graph-context.ts';
import css from './node.module.css';
import { Glyph } from '../../../ui/glyph.tsx';
import { unfoldedPipeline } from './use-unfolded.ts';

interface Props {
  /** The place in the graph. */
  place: string;
  fullPath: string;
  pipeline: number;
  job: PipelineJob;
  tabIndex: number;
}

/** The buttons within a node, as light as they can be: there are hundreds in sight. */
export function NodeButtons({ place, fullPath, pipeline, job, tabIndex }: Props) {
  const { act, unfolded, toggle } = useGraphTools();
  const store = useFocusStore();
  const possible = JOB_ACTIONS.find(({ action }) => job.actions.includes(action));
  const link = job.downstream_pipeline;
  const isOpen = link !== null && unfolded.has(unfoldedPipeline(link.id));
  return (
    <>
      {possible && (
        <NodeButton
          icon={ACTION_ICONS[possible.action]}
          label={`${possible.label} ${job.name}`}
          tabIndex={tabIndex}
          onClick={({ detail }) => {
            // The button may go with what it did: who pressed it by keyboard goes on from its job.
            if (detail === 0) store.moveTo(place);
            act({ fullPath, pipeline, job, action: possible.action });
          }}
        />
      )}
      {link && (
        <NodeButton
          icon={isOpen ? ChevronsLeft : ChevronsRight}
          label={`${isOpen ? 'Fold' : 'Unfold'} pipeline #${link.id}`}
          expanded={isOpen}
          tabIndex={tabIndex}
          onClick={() => toggle(unfoldedPipeline(link.id))}
        />
      )}
    </>
  );
}

interface ButtonProps {
  icon: LucideIcon;
  label: string;
  expanded?: boolean;
  tabIndex: number;
  onClick: (event: MouseEvent) => void;
}

function NodeButton({ icon, label, expanded, tabIndex, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      className={css.button}
      title={label}
      aria-label={label}
      aria-expanded={expanded}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Glyph icon={icon} size={15} aria-hidden />
    </button>
  );
}

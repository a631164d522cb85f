import {
  ArrowDownToLine,
  ArrowUpToLine,
  Clock,
  Download,
  FileText,
  FoldVertical,
  Maximize2,
  Minimize2,
  UnfoldVertical,
  WrapText,
} from 'lucide-react';
import { IconButton, IconLink } from '../../../ui/button.tsx';
import css from './log-tools.module.css';
import type { Folds } from './use-folds.ts';

interface Props {
  trace: string;
  fileName: string;
  /** Null: there is nothing to fold. */
  folds: Folds | null;
  /** Null: the log has none. */
  stamps: boolean | null;
  onStamps: (on: boolean) => void;
  wrap: boolean;
  onWrap: (on: boolean) => void;
  full: boolean;
  onFull: (on: boolean) => void;
  onStart: () => void;
  onEnd: () => void;
}

/** How the log is shown, and where else it can be had. */
export function LogTools(props: Props) {
  const { trace, fileName, folds, stamps, onStamps, wrap, onWrap, full, onFull, onStart, onEnd } = props;
  return (
    <div className={css.tools} role="group" aria-label="View of the log">
      {folds && (
        <>
          <IconButton
            label="Unfold all sections"
            icon={UnfoldVertical}
            size="small"
            onClick={() => folds.all(false)}
          />
          <IconButton
            label="Fold all sections"
            icon={FoldVertical}
            size="small"
            onClick={() => folds.all(true)}
          />
        </>
      )}
      {stamps !== null && (
        <IconButton
          label="Timestamps"
          icon={Clock}
          size="small"
          aria-pressed={stamps}
          onClick={() => onStamps(!stamps)}
        />
      )}
      <IconButton
        label="Wrap long lines (w)"
        icon={WrapText}
        size="small"
        aria-pressed={wrap}
        onClick={() => onWrap(!wrap)}
      />
      <IconButton label="To the beginning (t)" icon={ArrowUpToLine} size="small" onClick={onStart} />
      <IconButton label="To the end (e)" icon={ArrowDownToLine} size="small" onClick={onEnd} />
      <IconLink label="Raw log" icon={FileText} size="small" href={trace} target="_blank" rel="noopener" />
      <IconLink label="Download the log" icon={Download} size="small" href={trace} download={fileName} />
      <IconButton
        label={full ? 'Leave full screen (f)' : 'Full screen (f)'}
        icon={full ? Minimize2 : Maximize2}
        size="small"
        aria-pressed={full}
        onClick={() => onFull(!full)}
      />
    </div>
  );
}

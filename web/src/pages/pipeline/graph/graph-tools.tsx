import { useReactFlow } from '@xyflow/react';
import { FoldVertical, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useMemo } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { type Shortcut, useShortcutsOf } from '../../../ui/use-shortcuts.ts';
import css from './flow.module.css';

/** Zoom, fit, and putting away all that has been unfolded. */
export function GraphTools({ onFold }: { onFold: (() => void) | null }) {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const shortcuts = useMemo(
    (): Shortcut[] => [
      { keys: '+', label: 'Graph: larger', act: () => void zoomIn() },
      { keys: '-', label: 'Graph: smaller', act: () => void zoomOut() },
      { keys: '0', label: 'Graph: all of it', act: () => void fitView() },
    ],
    [zoomIn, zoomOut, fitView],
  );
  useShortcutsOf(shortcuts);
  return (
    <div className={css.tools}>
      {onFold && (
        <IconButton label="Fold everything" icon={FoldVertical} size="small" kind="plain" onClick={onFold} />
      )}
      <IconButton label="Larger (+)" icon={ZoomIn} size="small" kind="plain" onClick={() => void zoomIn()} />
      <IconButton
        label="Smaller (-)"
        icon={ZoomOut}
        size="small"
        kind="plain"
        onClick={() => void zoomOut()}
      />
      <IconButton
        label="All of it (0)"
        icon={Maximize}
        size="small"
        kind="plain"
        onClick={() => void fitView()}
      />
    </div>
  );
}

import { FoldVertical, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { type Shortcut, useShortcutsOf } from '../../../ui/use-shortcuts.ts';
import { useCamera } from './camera.ts';
import css from './flow.module.css';
import type { Scene } from './scene.ts';
import { toFit } from './viewport.ts';

/** Zoom, fit, and putting away all that has been unfolded. */
export function GraphTools({ scene, onFold }: { scene: Scene; onFold: (() => void) | null }) {
  const camera = useCamera();
  const fit = useCallback(() => camera.look(toFit(scene, camera.room)), [camera, scene]);
  const shortcuts = useMemo(
    (): Shortcut[] => [
      { keys: '+', label: 'Graph: larger', act: camera.nearer },
      { keys: '-', label: 'Graph: smaller', act: camera.further },
      { keys: '0', label: 'Graph: all of it', act: fit },
    ],
    [camera, fit],
  );
  useShortcutsOf(shortcuts);
  return (
    <div className={css.tools}>
      {onFold && (
        <IconButton label="Fold everything" icon={FoldVertical} size="small" kind="plain" onClick={onFold} />
      )}
      <IconButton label="Larger (+)" icon={ZoomIn} size="small" kind="plain" onClick={camera.nearer} />
      <IconButton label="Smaller (-)" icon={ZoomOut} size="small" kind="plain" onClick={camera.further} />
      <IconButton label="All of it (0)" icon={Maximize} size="small" kind="plain" onClick={fit} />
    </div>
  );
}

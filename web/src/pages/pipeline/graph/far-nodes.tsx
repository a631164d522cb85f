import { memo } from 'react';
import { lookOf } from '../../../ui/status.tsx';
import { summaryOf } from '../summary.ts';
import { shadeIn, useChain } from './focus-store.ts';
import css from './node.module.css';
import type { PlaceNode } from './node-keeper.ts';
import { seatOf } from './seat.ts';

/** Jobs and folds from so far that nobody could read them: a block of its colour for each, which a thousand are of. */
export const FarNodes = memo(function FarNodes({ nodes }: { nodes: readonly PlaceNode[] }) {
  const chain = useChain();
  return nodes.map((node) =>
    node.jobs.length === 0 ? null : (
      <div
        key={node.id}
        {...seatOf(node)}
        className={css.far}
        data-tone={lookOf(summaryOf(node.jobs).status).tone}
        data-shade={shadeIn(chain, node.place.key)}
      />
    ),
  );
});

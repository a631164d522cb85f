import { useEffect, useState } from 'react';
import { followTips, type Pointed } from './follow-tips.ts';
import { onUse } from './on-use.tsx';

const TipPopup = onUse<Pointed>(async () => (await import('./tip-popup.tsx')).TipPopup);

/**
 * The words of whatever carries `data-tip`, on hover and focus; for what cannot be read otherwise, say it in a label too.
 * One for all of the page: with one around each of hundreds of buttons every page would load what shows them first.
 */
export function Tips() {
  const [pointed, point] = useState<Pointed | null>(null);
  useEffect(() => followTips(point), []);
  return pointed && <TipPopup {...pointed} />;
}

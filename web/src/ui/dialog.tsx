import { useState } from 'react';
import type { DialogProps } from './dialog-popup.tsx';
import { onUse } from './on-use.tsx';

const DialogPopup = onUse<DialogProps>(async () => (await import('./dialog-popup.tsx')).DialogPopup);

/** A dialog over the page: the focus stays within it and goes back to where it was; Escape closes it, unless it `holds` what is shown once. */
export function Dialog(props: DialogProps) {
  const [isUsed, setUsed] = useState(props.open);
  if (props.open && !isUsed) setUsed(true);
  return isUsed && <DialogPopup {...props} />;
}

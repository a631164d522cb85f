import { useState } from 'react';
import { onUse } from '../ui/on-use.tsx';
import { commandsOpen } from './flag.ts';

const CommandDialog = onUse<{ open: boolean }>(
  async () => (await import('./command-dialog.tsx')).CommandDialog,
);

/** The command palette. */
export function Commands() {
  const open = commandsOpen.use();
  const [isUsed, setUsed] = useState(open);
  if (open && !isUsed) setUsed(true);
  return isUsed && <CommandDialog open={open} />;
}

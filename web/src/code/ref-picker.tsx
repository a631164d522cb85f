import { GitBranch } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Picker } from '../ui/picker.tsx';
import { usePaused } from '../ui/use-paused.ts';
import { useRefSearch } from './use-refs.ts';

interface Props {
  fullPath: string;
  refName: string;
  /** The address of the same page at another ref. */
  addressOf: (ref: string) => string;
}

/** At which branch or tag the page looks, and the way to another one. */
export function RefPicker({ fullPath, refName, addressOf }: Props) {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  const { items, busy } = useRefSearch(fullPath, usePaused(text.trim()), asked);
  // Until the server has answered, Enter picks none of those that fit what was typed before.
  const typed = text
    .trim()
    .toLowerCase()
    .replace(/^\^|\$$/g, '');
  const fitting = items.filter(({ value }) => value.toLowerCase().includes(typed));
  return (
    <div onFocus={() => setAsked(true)} onPointerEnter={() => setAsked(true)}>
      <Picker
        label="Branch or tag"
        icon={GitBranch}
        value={refName}
        items={fitting}
        busy={busy}
        onType={setText}
        onPick={({ value }) => navigate(addressOf(value))}
      />
    </div>
  );
}

import { Check, Copy as CopyIcon } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './button.tsx';
import { copyText } from './copy-text.ts';
import { Seen } from './name.tsx';
import css from './copy.module.css';
import { useToasts } from './toasts.tsx';

/** Puts a text into the clipboard and says so; where the browser refuses, says that. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const { problem } = useToasts();
  const copy = async () => {
    try {
      await copyText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch (error) {
      problem(error);
    }
  };
  return (
    <IconButton
      label={copied ? 'Copied' : label}
      icon={copied ? Check : CopyIcon}
      size="small"
      onClick={copy}
    />
  );
}

/** Commands to be typed elsewhere, with a button that copies all of them. */
export function CopyBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className={css.block}>
      <pre tabIndex={0} aria-label={label}>
        <Seen text={text} />
      </pre>
      <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
    </div>
  );
}

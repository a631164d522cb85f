import { useEffect } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { onUse } from '../ui/on-use.tsx';
import { type Shortcut, shortcutsNow, useShortcutList, useShortcutsOf } from '../ui/use-shortcuts.ts';
import { commandsOpen, sheetOpen } from './flag.ts';
import css from './shortcuts.module.css';
import { singleKeys } from './single-keys.ts';

const GENERAL: readonly Shortcut[] = [
  { keys: '?', label: 'Show the keyboard shortcuts', act: () => sheetOpen.set(true) },
];

/** Listens to the keyboard for all shortcuts; not while something is typed or a dialog is open. */
export function useShortcuts(): void {
  useShortcutsOf(GENERAL);
  useEffect(() => {
    let before = '';
    let forget: ReturnType<typeof setTimeout> | undefined;
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        commandsOpen.set(true);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key.length === 1 && !singleKeys.isOn()) return;
      const sequence = before === '' ? event.key : `${before} ${event.key}`;
      const found =
        shortcutsNow().findLast(({ keys }) => keys === sequence) ??
        shortcutsNow().findLast(({ keys }) => keys === event.key);
      clearTimeout(forget);
      before = shortcutsNow().some(({ keys }) => keys.startsWith(`${event.key} `)) ? event.key : '';
      forget = setTimeout(() => (before = ''), 1000);
      if (!found) return;
      event.preventDefault();
      before = '';
      found.act();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]')) return true;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

const SingleKeysSwitch = onUse(async () => (await import('./single-keys-switch.tsx')).SingleKeysSwitch);

/** All that the keyboard does on this page, on `?`. */
export function ShortcutSheet() {
  const open = sheetOpen.use();
  const shortcuts = useShortcutList();
  return (
    <Dialog open={open} onClose={() => sheetOpen.set(false)} title="Keyboard shortcuts">
      <dl className={css.sheet}>
        <Row keys="Ctrl K" label="Commands and search" />
        {shortcuts.map(({ keys, label }) => (
          <Row key={keys} keys={keys} label={label} />
        ))}
      </dl>
      <div className={css.switch}>
        <SingleKeysSwitch />
      </div>
    </Dialog>
  );
}

function Row({ keys, label }: { keys: string; label: string }) {
  return (
    <div className={css.row}>
      <dt>{label}</dt>
      <dd>
        {keys.split(' ').map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dd>
    </div>
  );
}

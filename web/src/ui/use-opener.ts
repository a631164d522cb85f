import { type MouseEvent, useRef, useState } from 'react';

/**
 * The part of a button that opens something below it which is loaded with its first use: a menu, a list, a dialog. All that
 * goes on within, and closing, is for what has been opened.
 */
export function useOpener<E extends HTMLElement>(kind: 'menu' | 'listbox' | 'dialog') {
  const anchor = useRef<E>(null);
  const [isOpen, setOpen] = useState(false);
  const [isUsed, setUsed] = useState(false);
  /** What is open closes when anything beside it is pressed, so also by the beginning of this very click. */
  const wasOpen = useRef(false);
  const open = () => {
    setUsed(true);
    setOpen(true);
  };
  return {
    anchor,
    isOpen,
    isUsed,
    open,
    setOpen,
    trigger: {
      ref: anchor,
      'aria-haspopup': kind,
      'aria-expanded': isOpen,
      onPointerDown: () => {
        wasOpen.current = isOpen;
      },
      onClick: ({ detail }: MouseEvent) => {
        const isKeyboard = detail === 0;
        if (isKeyboard ? isOpen : wasOpen.current) setOpen(false);
        else open();
      },
    },
  };
}

import type { Menu } from '@base-ui/react/menu';
import { createContext } from 'react';

/** What items are made of; the menu that they are in brings it along, so that only an open one has to be loaded. */
export const MenuParts = createContext<Pick<typeof Menu, 'Item' | 'Separator'> | null>(null);

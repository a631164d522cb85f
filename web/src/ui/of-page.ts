import { createContext, type ReactNode } from 'react';

/** What is said above the whole page: a dialog, which hides that, says it too. */
export const OfPageContext = createContext<ReactNode>(null);

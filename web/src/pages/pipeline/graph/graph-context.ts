import { createContext, useContext } from 'react';
import type { Act } from '../actions.ts';

/** What nodes ask of the graph that they are in. */
export interface GraphTools {
  act: (what: Act) => void;
  toggle: (key: string) => void;
  unfolded: ReadonlySet<string>;
}
export const GraphContext = createContext<GraphTools>({
  act: () => {},
  toggle: () => {},
  unfolded: new Set(),
});
export const useGraphTools = () => useContext(GraphContext);

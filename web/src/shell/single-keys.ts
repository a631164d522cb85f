import { keptSwitch } from '../ui/kept-choice.ts';

/** Whether keys without Ctrl do something; whoever speaks to the browser, or trembles, may not want them to. */
export const singleKeys = keptSwitch('single-keys', true);

import type { Scope } from '../address/routes.tsx';

/** Whose runners and variables they are: the server's, a group's or a project's. */
export interface Owner {
  scope: Scope;
  /** Of the group or project. */
  fullPath: string;
}

/** The owner as keys name it. */
export const ownerKey = ({ scope, fullPath }: Owner): string =>
  scope === 'server' ? 'instance' : `${scope}:${fullPath}`;

/** As sentences name it: `this project`. */
export const ownerText = ({ scope }: Owner): string => (scope === 'server' ? 'the server' : `this ${scope}`);

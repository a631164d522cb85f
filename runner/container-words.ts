import type { Image, Service } from './job-payload.ts';
import { quote } from './script.ts';
import { expandWith } from './variables.ts';

/**
 * The names under which a service is reached: those it is given, and two made of its image, which leave out host's port,
 * tag and digest: `registry.io/team/db:1` is `registry.io__team__db` and `registry.io-team-db`.
 */
export function serviceAliases({ name, alias }: Pick<Service, 'name' | 'alias'>): string[] {
  const plain = name
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .replace(/^([^/]*):\d+\//, '$1/');
  return [...new Set([...alias, plain.replaceAll('/', '__'), plain.replaceAll('/', '-')])];
}

/** What starts an image in place of what it starts by itself, and what of it comes after the image's name. */
export function entrypointWords({ entrypoint }: Pick<Image, 'entrypoint'>): {
  before: string[];
  after: string[];
} {
  const [program, ...rest] = entrypoint;
  return program === undefined
    ? { before: [], after: [] }
    : { before: [`--entrypoint=${program}`], after: rest };
}

/**
 * Whom, in a container's numbers, files are given to that are to be this user's outside; null: nobody, root may do as it
 * likes with any. Podman without root has its user for the root within.
 */
export function ownerInside(isPodman: boolean, uid: number, gid: number): string | null {
  if (uid === 0) return null;
  return isPodman ? '0:0' : `${uid}:${gid}`;
}

/** The image with the job's variables filled in. */
export function filledIn<T extends Image>(image: T, values: Map<string, string>): T {
  return { ...image, name: expandWith(image.name, values), user: expandWith(image.user, values) };
}

/** Reads a script from its standard input and runs it, in bash where the image has one. */
export const SHELL_COMMAND = [
  'sh',
  '-c',
  'for shell in /usr/local/bin/bash /usr/bin/bash /bin/bash /usr/local/bin/sh /usr/bin/sh /bin/sh /busybox/sh; do ' +
    'if [ -x "$shell" ]; then exec "$shell" -c \'eval "$(cat)"\'; fi; done; echo "the image has no shell"; exit 1',
];

const NAME = /^[A-Za-z_]\w*$/;

/** Lines of script that set variables, whatever stands in them. */
export function exportLines(environment: Record<string, string>): string {
  return Object.entries(environment)
    .filter(([key]) => NAME.test(key))
    .map(([key, value]) => `export ${key}=${quote(value)}\n`)
    .join('');
}

/** What an engine reads a container's environment from; what takes several lines cannot stand there. */
export function environmentFile(environment: Record<string, string>): string {
  return Object.entries(environment)
    .filter(([key, value]) => key !== '' && !/[\s=]/.test(key) && !/[\r\n]/.test(value))
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Lines of script that wait until services listen, half a minute for each at most. */
export function waitLines(places: readonly { host: string; port: number }[]): string {
  return places
    .map(({ host, port }) => {
      const ask = `(exec 3<>/dev/tcp/${host}/${port}) 2>/dev/null`;
      const probe = `if [ -n "\${BASH_VERSION-}" ]; then ${ask}; elif command -v nc >/dev/null 2>&1; then nc -z ${host} ${port} 2>/dev/null; fi`;
      const late = `printf '%s\\n' ${quote(`WARNING: the service ${host} does not listen on its port ${port}`)}`;
      return `_jobyard_tries=0; until ${probe}; do _jobyard_tries=$((_jobyard_tries + 1)); if [ $_jobyard_tries -ge 30 ]; then ${late}; break; fi; sleep 1; done; unset _jobyard_tries\n`;
    })
    .join('');
}

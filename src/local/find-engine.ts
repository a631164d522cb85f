import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { RunFlags } from './run-flags.ts';

/** What runs containers here; or why nothing does. */
export type Engine = { program: string } | { program: null; because: string };

/** How long an engine may take to say that it is there. */
const PATIENCE_MS = 10_000;

/** Podman first, as it asks for no daemon; then docker, when its daemon answers. */
export async function findEngine(
  wanted: RunFlags['engine'],
  environment: Record<string, string>,
): Promise<Engine> {
  if (wanted === 'off') return { program: null, because: '--engine off was given' };
  const names = wanted === 'auto' ? ['podman', 'docker'] : [wanted];
  const silent: string[] = [];
  for (const name of names) {
    const program = findProgram(name, environment['PATH'] ?? '');
    if (program === null) continue;
    if (await answers(program, environment)) return { program };
    silent.push(name);
  }
  return {
    program: null,
    because:
      silent.length > 0
        ? `${silent.join(' and ')} is installed but does not answer`
        : `${names.join(' or ')} is not installed`,
  };
}

function findProgram(name: string, path: string): string | null {
  for (const folder of path.split(delimiter).filter(isAbsolute))
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not in this folder
    }
  return null;
}

async function answers(program: string, env: Record<string, string>): Promise<boolean> {
  try {
    await promisify(execFile)(program, ['info'], { env, timeout: PATIENCE_MS });
    return true;
  } catch {
    return false;
  }
}

/** What of somebody's environment their engine needs: where it is, and as whom it fetches images. */
export const engineEnvironment = (environment: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(([key]) =>
      /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_|DOCKER_|CONTAINER|REGISTRY_AUTH_FILE|DBUS_|https?_proxy$|no_proxy$|HTTPS?_PROXY$|NO_PROXY$)/.test(
        key,
      ),
    ),
  );

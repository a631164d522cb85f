import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Repository } from '../git/repository.ts';
import { spawnGit, type GitChild } from '../git/run-git.ts';

/** The two things a client may want: to fetch, and to push. */
export type Service = 'git-upload-pack' | 'git-receive-pack';

/** Where the edge tells of what only the operator can mend. */
export interface Log {
  warn(details: object, message: string): void;
}

/** No proxy may keep any reply of git's. */
export const NO_CACHE = {
  expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
  pragma: 'no-cache',
  'cache-control': 'no-cache, max-age=0, must-revalidate',
} as const;

/** Is `text` a service that a client may ask for? */
export function isService(text: unknown): text is Service {
  return text === 'git-upload-pack' || text === 'git-receive-pack';
}

/**
 * The version of the protocol that a fetch speaks, from its `Git-Protocol` header, as git wants it; what
 * no client writes is ignored.
 */
export function protocolOf(header: string | undefined): string | undefined {
  return header !== undefined && /^[\w.:=/-]{1,200}$/.test(header) ? header : undefined;
}

/**
 * The request's body as the client meant it; undefined for an encoding that no git sends. An error or the
 * end of the request reaches the stream that is returned.
 */
export function decodedBody(body: Readable, contentEncoding: string | undefined): Readable | undefined {
  const encoding = contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return undefined;
  return pipeline(body, createGunzip(), () => {});
}

/**
 * Starts a service in its own process group, so that it can be ended with all its helpers, and a Ctrl-C
 * meant for the server does not cut a push short.
 */
export function startService(
  repository: Repository,
  service: Service,
  options: { protocol?: string | undefined; settings?: readonly string[] } = {},
): GitChild {
  const environment: Record<string, string> = options.protocol ? { GIT_PROTOCOL: options.protocol } : {};
  const settings = (options.settings ?? []).flatMap((setting) => ['-c', setting]);
  const args = [...settings, service.slice('git-'.length), '--stateless-rpc', repository.folder];
  return spawnGit(repository, args, { detached: true, environment });
}

/**
 * Gives a service its input, and resolves when there is no more to come. A body that breaks off ends the
 * input. When git ends before it has read everything, the rest is still taken from the client, which
 * listens only when it has sent all.
 */
export function feedService(body: Readable, child: GitChild): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      child.stdin.end();
      resolve();
    };
    child.stdin.on('error', () => {});
    child.stdin.on('close', () => body.unpipe(child.stdin).resume());
    body.on('end', over).on('close', over).on('error', over);
    if (body.destroyed || body.readableEnded) over();
    else body.pipe(child.stdin);
  });
}

/** Ends a service and its helpers, if they still run. */
export function endService(child: GitChild): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has just ended by itself.
  }
}

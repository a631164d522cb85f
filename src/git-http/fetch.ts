import { finished, type Readable } from 'node:stream';
import type { Repository } from '../git/repository.ts';
import { exitCode, lastWords, runGit, type GitChild } from '../git/run-git.ts';
import { FLUSH, packet } from './pkt-line.ts';
import { endService, feedService, startService, type Log, type Service } from './service.ts';

/**
 * The reply to `GET info/refs?service=…`: what the repository has, or for protocol 2 what the server can.
 * @throws GitError `failed`
 */
export async function advertiseRefs(
  repository: Repository,
  service: Service,
  protocol: string | undefined,
): Promise<Buffer> {
  // There is no version 2 of pushing; whoever asks for it gets the first.
  const spoken = service === 'git-upload-pack' ? protocol : undefined;
  const environment: Record<string, string> = spoken === undefined ? {} : { GIT_PROTOCOL: spoken };
  const where = { ...repository, environment: { ...repository.environment, ...environment } };
  const args = [
    service.slice('git-'.length),
    '--stateless-rpc',
    '--http-backend-info-refs',
    repository.folder,
  ];
  const refs = await runGit(where, args);
  const isVersion2 = refs.subarray(4, 14).toString() === 'version 2\n';
  return isVersion2 ? refs : Buffer.concat([packet(`# service=${service}\n`), FLUSH, refs]);
}

/**
 * The reply to `POST git-upload-pack`, streamed from git as fast as the client takes it. When the stream
 * is destroyed, because the client is gone, git ends too.
 */
export function uploadPack(
  repository: Repository,
  body: Readable,
  options: { protocol?: string | undefined; log: Log },
): Readable {
  const child = startService(repository, 'git-upload-pack', { protocol: options.protocol });
  const stderr = lastWords(child);
  void feedService(body, child);
  finished(child.stdout, (error) => {
    if (error) endService(child);
  });
  void logFailure(repository, child, stderr, options.log);
  return child.stdout;
}

async function logFailure(repository: Repository, child: GitChild, stderr: () => string, log: Log) {
  try {
    const code = await exitCode(child);
    // 128 is also how git takes leave of a client that hung up.
    if (code > 0 && code !== 128)
      log.warn({ folder: repository.folder, code, stderr: stderr() }, 'git upload-pack failed');
  } catch (error) {
    log.warn({ err: error, folder: repository.folder }, 'git upload-pack failed');
  }
}

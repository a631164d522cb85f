import { gitQuote, type BuildFolder, type GitAccess } from './build-folder.ts';
import { VERSION } from './runner-info.ts';
import { quote } from './script.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The repository's address without user and password. */
export function plainUrl(repoUrl: string): string {
  const url = URL.parse(repoUrl);
  if (!url) return repoUrl;
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * What git needs to reach the server with the job's token, for the runner and for the job's scripts: a
 * configuration that names a credential helper for this host, and the file the helper prints. So the token
 * stands neither in the remote's address nor in the arguments of a process, and submodules on the same host
 * are reached as well.
 */
export function gitAccess(repoUrl: string, folder: BuildFolder): GitAccess {
  const url = URL.parse(repoUrl);
  const lines = [
    '[init]',
    '\tdefaultBranch = none',
    '[gc]',
    '\tautoDetach = false',
    '[maintenance]',
    '\tautoDetach = false',
    '[http]',
    `\tuserAgent = ${gitQuote(`jobyard-runner ${VERSION}`)}`,
  ];
  // A proxy that the job's variables name does not lead back to this machine.
  if (url && LOOPBACK.test(url.hostname)) lines.push(`[http ${gitQuote(url.origin)}]`, '\tproxy =');
  if (!url?.password) return { config: `${lines.join('\n')}\n`, credentials: '' };
  const helper = `!f() { test "$1" = get && cat ${quote(folder.gitCredentials)}; }; f`;
  lines.push(
    `[credential ${gitQuote(url.origin)}]`,
    // An empty helper drops those of the system, which might keep the token.
    '\thelper =',
    `\thelper = ${gitQuote(helper)}`,
  );
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return { config: `${lines.join('\n')}\n`, credentials: `username=${username}\npassword=${password}\n` };
}

import type { Readable } from 'node:stream';
import { GitError } from '../git/git-error.ts';
import { isRefName } from '../git/ref-name.ts';
import type { RefUpdate } from '../git/update-refs.ts';
import { FLUSH, packet, readPacket } from './pkt-line.ts';

/** What a push says before its pack. */
export interface PushHead {
  /** `shallow <sha>` lines of a client whose own history is cut off. */
  shallow: string[];
  commands: RefUpdate[];
  capabilities: string[];
  /** The values of `git push -o`. */
  push_options: string[];
}

/** A push of more refs than this is refused: each may become a pipeline. */
const MOST_COMMANDS = 10_000;
const MOST_OPTIONS = 100;

const COMMAND = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/s;

/**
 * Reads the reference commands and the push options; the pack stays in the stream. A client that only
 * tries whether it may push sends no commands.
 * @throws GitError `bad_request`, EndOfStream
 */
export async function readPushHead(body: Readable): Promise<PushHead> {
  const head: PushHead = { shallow: [], commands: [], capabilities: [], push_options: [] };
  for (let line = await readPacket(body); line; line = await readPacket(body)) {
    const nul = line.indexOf(0);
    if (nul >= 0)
      head.capabilities = line
        .toString('utf8', nul + 1)
        .trim()
        .split(' ');
    const text = line.toString('utf8', 0, nul < 0 ? line.length : nul).replace(/\n$/, '');
    if (/^shallow [0-9a-f]{40}$/.test(text)) head.shallow.push(text);
    else head.commands.push(parseCommand(text));
    if (head.commands.length > MOST_COMMANDS)
      throw new GitError('bad_request', `a push may change ${MOST_COMMANDS} refs`);
  }
  if (head.commands.length > 0 && head.capabilities.includes('push-options'))
    for (let line = await readPacket(body); line; line = await readPacket(body)) {
      head.push_options.push(line.toString().replace(/\n$/, ''));
      if (head.push_options.length > MOST_OPTIONS)
        throw new GitError('bad_request', `a push may have ${MOST_OPTIONS} options`);
    }
  return head;
}

function parseCommand(text: string): RefUpdate {
  const [, old, next, ref] = COMMAND.exec(text) ?? [];
  if (old === undefined || next === undefined || ref === undefined || !isRefName(ref))
    throw new GitError('bad_request', `'${text.slice(0, 200)}' is no reference command`);
  return { ref, old, new: next };
}

/** The bytes of a head, for git. */
export function writePushHead({ shallow, commands, capabilities, push_options }: PushHead): Buffer {
  const lines = commands.map(({ ref, old, new: next }, index) =>
    packet(`${old} ${next} ${ref}${index === 0 ? `\0 ${capabilities.join(' ')}` : ''}`),
  );
  const options = capabilities.includes('push-options') ? [...push_options.map((o) => packet(o)), FLUSH] : [];
  return Buffer.concat([...shallow.map((line) => packet(line)), ...lines, FLUSH, ...options]);
}

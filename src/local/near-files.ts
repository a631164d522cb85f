import { type Ask, askNobody, type SourceKind, type Sources, Unreached } from '../ci/sources.ts';
import { RemoteFiles } from '../pipelines/remote-files.ts';
import { readTemplate } from '../pipelines/template-files.ts';

/** Milliseconds that a file at an address may take. */
const REMOTE_DEADLINE = 10_000;

/** Without a server there are the templates that come with this program, and nothing else. */
export const filesWithoutServer: Ask = async (kind, question) => {
  if (kind === 'artifact') return (await askNobody(kind, question)) as never;
  if (!isTemplate(kind, question)) throw new Unreached('it needs a server, and no --server is given');
  return await templateOr(
    question.name,
    'no template of this name comes with Jobyard; a --server may have it',
  );
};

/**
 * What the server at `url` is not asked for, or does not have: files at addresses are fetched from here, from those of `allowed`
 * networks though they are private; templates that it does not show are those that come with this program.
 */
export function filesWithServer(url: string, allowed: readonly string[]): Ask {
  const remote = new RemoteFiles({ allowed, deadline: REMOTE_DEADLINE, clock: Date.now });
  return async <Kind extends SourceKind>(kind: Kind, question: Sources[Kind]['question']) => {
    if (kind === 'remote') {
      const { files } = question as Sources['remote']['question'];
      return (await remote.fetch(files)) as Sources[Kind]['answer'];
    }
    if (kind === 'artifact') return await askNobody(kind, question);
    if (!isTemplate(kind, question)) throw new Unreached('it is not on this server');
    return await templateOr(question.name, `${url} shows no template of this name`);
  };
}

async function templateOr<T>(name: string, why: string): Promise<T> {
  const text = await readTemplate(name);
  if (text === null) throw new Unreached(why);
  return text as T;
}

const isTemplate = (kind: SourceKind, _question: unknown): _question is Sources['template']['question'] =>
  kind === 'template';

import { type Static, Type } from 'typebox';
import type { File } from '../../git/file.ts';
import { entity } from './entity.ts';

const fields = {
  file_name: Type.String(),
  file_path: Type.String(),
  size: Type.Integer(),
  encoding: Type.String(),
  content_sha256: Type.String(),
  ref: Type.String({ description: 'As it was asked for' }),
  blob_id: Type.String(),
  commit_id: Type.String(),
  last_commit_id: Type.String({ description: 'The newest commit that changed the file' }),
  execute_filemode: Type.Boolean(),
};
const About = entity(fields);

/** A file of a commit with its content. */
export const RepositoryFile = entity({ ...fields, content: Type.String({ description: 'In Base64' }) });

export interface FileAround {
  ref: string;
  commit_id: string;
  content_sha256: string;
}

export const aboutFile = (file: File, around: FileAround): Static<typeof About> => ({
  file_name: file.file_name,
  file_path: file.file_path,
  size: file.size,
  encoding: 'base64',
  content_sha256: around.content_sha256,
  ref: around.ref,
  blob_id: file.blob_id,
  commit_id: around.commit_id,
  last_commit_id: file.last_commit_id,
  execute_filemode: file.execute_filemode,
});

/** The same as headers: `X-Gitlab-File-Name` and so on. */
export const fileHeaders = (about: Static<typeof About>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(about).map(([name, value]) => [
      `X-Gitlab-${name.replace(/(^|_)(.)/g, (_, start, letter: string) => (start && '-') + letter.toUpperCase())}`,
      headerText(String(value)),
    ]),
  );

/** UTF-8, which the server's own writer of headers takes byte by byte. */
const headerText = (text: string) => Buffer.from(text.replace(/[\x00-\x1f\x7f]/g, '?')).toString('latin1');

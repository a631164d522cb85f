import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../templates');

/** Where a template is looked for: most of the world writes `SAST.gitlab-ci.yml` and means the one in `Security/`. */
const PLACES = ['', 'Pages/', 'Verify/', 'Security/'];

let names: Promise<Set<string>> | undefined;

/** The text of a template that comes with the server, null when there is none of this name. */
export async function readTemplate(name: string): Promise<string | null> {
  names ??= listTemplates();
  const known = await names;
  const path = PLACES.map((place) => `${place}${name}`).find((each) => known.has(each));
  return path === undefined ? null : await readFile(join(FOLDER, path), 'utf8');
}

/** Their names, as `include:template` takes them. */
async function listTemplates(): Promise<Set<string>> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Set(files.map((file) => relative(FOLDER, file).split(sep).join('/')));
}

import { createHash } from 'node:crypto';
import {
  type ArtifactAnswer,
  type Ask,
  type CommitAnswer,
  type RemoteAnswer,
  type SourceCommit,
  type SourceKind,
  type Sources,
  Unreached,
} from '../../src/ci/sources.ts';
import { readTemplate } from '../../src/pipelines/template-files.ts';

/** Of the server in whose name the cases are compiled. */
const HOST = '127.0.0.1:8080';

const folder = (project: string, ref: string) => `@projects/${project}@${ref}/`;

const below = ({ project, sha }: SourceCommit) => folder(project, sha);

/**
 * Answers out of a case's folder; a project whose path has `private` in it may not be read, `internal` not by nobody, and
 * `unreached` belongs to a server that cannot be asked. What a job of the pipeline above has left is below `@artifacts/JOB/`; where
 * there is none of that, there is no such pipeline. `huge` leaves too much.
 */
export function caseSources(files: ReadonlyMap<string, string>): Ask {
  const isFolder = (start: string) => [...files.keys()].some((path) => path.startsWith(start));
  const find = (project: string, ref: string, reader: string): CommitAnswer => {
    if (project.includes('unreached')) throw new Unreached('its server cannot be asked');
    const hidden = project.includes('private') || (reader === 'nobody' && project.includes('internal'));
    if (hidden || !isFolder(`@projects/${project}@`)) return { missing: 'project' };
    if (!isFolder(folder(project, ref))) return { missing: 'ref' };
    return {
      commit: { project_id: 1, project, sha: ref },
      version: /^v?\d+\.\d+\.\d+$/.test(ref) ? ref : null,
    };
  };
  const fetched = (url: string): RemoteAnswer => {
    const text = files.get(`@remote/${url.replace('https://', '')}`);
    if (text === undefined) return { problem: 'of HTTP code `404` error', short: false };
    return { text, sha256: createHash('sha256').update(text).digest('base64') };
  };
  const left = (job: string, path: string): ArtifactAnswer => {
    if (!isFolder('@artifacts/')) return { missing: 'parent' };
    if (job === '' || !isFolder(`@artifacts/${job}/`)) return { missing: 'job' };
    const text = files.get(`@artifacts/${job}/${path}`);
    if (text === undefined) return { missing: 'path' };
    return job.includes('huge') ? { missing: 'room', most: '5 MB' } : { text };
  };
  const answers: { [Kind in SourceKind]: (asked: Sources[Kind]['question']) => Sources[Kind]['answer'] } = {
    file: ({ at, path }) => files.get(below(at) + path) ?? null,
    project: ({ path, ref, reader }) => find(path, ref ?? 'HEAD', reader),
    remote: ({ files: wanted }) => wanted.map(({ url }) => fetched(url)),
    template: () => null,
    artifact: ({ job, path }) => left(job, path),
    component: ({ host, project, version, reader }) =>
      host === HOST ? find(project, version, reader) : { missing: 'host' },
  };
  return async <Kind extends SourceKind>(kind: Kind, question: Sources[Kind]['question']) =>
    kind === 'template'
      ? ((await readTemplate((question as Sources['template']['question']).name)) as Sources[Kind]['answer'])
      : answers[kind](question);
}

/** The paths of what a case says to lie in another project, if it does. */
export function filesOfCommit(paths: string[], project: string, ref: string | null): string[] | undefined {
  const start = folder(project, ref ?? 'HEAD');
  const found = paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  return found.length > 0 ? found.toSorted() : undefined;
}

import type { LoadedFile, Origin } from './include-file.ts';
import type { Location } from './include-location.ts';
import type { CompileInput } from './plan.ts';

/** A file that was included, as lint tells of it; `artifact` only in a child pipeline. */
export interface IncludedFile {
  type: 'local' | 'file' | 'remote' | 'template' | 'component' | 'artifact';
  location: string;
  /** Addresses of its page and of its text, null where it has none. */
  blob: string | null;
  raw: string | null;
  /** Of a local file what stands beside it, of another project's file where that is, of an artifact its job. */
  extra: Readonly<Record<string, unknown>>;
  /** Where the file that includes it stands; null: in no project. */
  context_project: string | null;
  context_sha: string | null;
}

/** The project and commit of the pipeline, and the server that they are on. */
export interface OwnPlace {
  url: string;
  project: string;
  sha: string;
}

export function ownPlace({ predefined }: Pick<CompileInput, 'predefined'>): OwnPlace {
  const value = (name: string) => predefined.find(({ key }) => key === name)?.value ?? '';
  return {
    url: value('CI_SERVER_URL'),
    project: value('CI_PROJECT_PATH'),
    sha: value('CI_COMMIT_SHA'),
  };
}

/** `shown`: a text as messages show it. */
export function includedFile(
  location: Location & { extra?: Readonly<Record<string, unknown>> },
  from: Origin,
  { file, origin }: LoadedFile,
  own: OwnPlace,
  shown: (text: string) => string,
): IncludedFile {
  const context = from.at === 'own' ? own : from.at;
  const at = origin.at === 'own' ? own : origin.at;
  const address = (kind: 'blob' | 'raw') =>
    at && shown(`${own.url}/${at.project}/-/${kind}/${at.sha}/${file.slice(origin.prefix.length)}`);
  const common = { context_project: context?.project ?? null, context_sha: context?.sha ?? null };
  switch (location.kind) {
    case 'local': {
      const { extra = {} } = location;
      return {
        type: 'local',
        location: shown(location.path),
        blob: address('blob'),
        raw: address('raw'),
        extra,
        ...common,
      };
    }
    case 'project': {
      const extra = { project: shown(location.project.toLowerCase()), ref: shown(location.ref ?? 'HEAD') };
      return {
        type: 'file',
        location: shown(location.path),
        blob: address('blob'),
        raw: address('raw'),
        extra,
        ...common,
      };
    }
    case 'remote': {
      const url = shown(location.url);
      return { type: 'remote', location: url, blob: null, raw: url, extra: {}, ...common };
    }
    case 'template':
      return {
        type: 'template',
        location: shown(location.name),
        blob: null,
        raw: null,
        extra: {},
        ...common,
      };
    case 'artifact':
      return {
        type: 'artifact',
        location: shown(location.path),
        blob: null,
        raw: null,
        extra: { job_name: shown(location.job) },
        ...common,
      };
    case 'component': {
      const name = shown(location.address);
      return { type: 'component', location: name, blob: address('blob'), raw: null, extra: {}, ...common };
    }
  }
}

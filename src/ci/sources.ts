/** A commit whose files the compiler may ask for. Only answers bring one, so it holds what the caller may read. */
export interface SourceCommit {
  project_id: number;
  /** Full path. */
  project: string;
  sha: string;
}

/** In whose name a project is looked for: nobody sees what is public alone. */
export type Reader = 'user' | 'nobody';

export interface RemoteRequest {
  url: string;
  /** Seconds for which what was fetched before will do; 0 fetches it anew. */
  cache: number;
}

/** What was fetched, or why it was not, in the words that follow `could not be fetched because`. */
export type RemoteAnswer =
  | { text: string; /** In Base64. */ sha256: string }
  | { problem: string; /** Names no address. */ short: boolean };

export type CommitAnswer =
  | {
      commit: SourceCommit;
      /** Of a component: the tag of the version that it is, null: it is none. */ version?: string | null;
    }
  | { missing: 'project' | 'ref' | 'host' };

/**
 * A file that a job of the pipeline above has left, or why there is none: no pipeline is above, the job has left nothing or
 * nothing of this name, or a file is as large as that (`most`: the largest, in words).
 */
export type ArtifactAnswer =
  { text: string } | { missing: 'parent' | 'job' | 'path' } | { missing: 'room'; most: string };

/** All that includes ask of whoever has the files: each question with its answer. */
export interface Sources {
  /** A file at a commit, null when there is none. */
  file: { question: { at: SourceCommit; path: string }; answer: string | null };
  /** The commit of a project's ref; of its default branch when it is null. */
  project: { question: { path: string; ref: string | null; reader: Reader }; answer: CommitAnswer };
  /** Files at addresses, all at once as each may take long. */
  remote: { question: { files: RemoteRequest[] }; answer: RemoteAnswer[] };
  template: { question: { name: string }; answer: string | null };
  artifact: { question: { job: string; path: string }; answer: ArtifactAnswer };
  /** The commit of a version of the components that a project has. */
  component: {
    question: { host: string; project: string; version: string; reader: Reader };
    answer: CommitAnswer;
  };
}

export type SourceKind = keyof Sources;

/** One question, as it is handed on. */
export type SourceQuestion = { [Kind in SourceKind]: { kind: Kind } & Sources[Kind]['question'] }[SourceKind];

export type Ask = <Kind extends SourceKind>(
  kind: Kind,
  question: Sources[Kind]['question'],
) => Promise<Sources[Kind]['answer']>;

/** What a question is answered with by whoever cannot reach what it asks for; the include is left out with a warning. */
export class Unreached extends Error {}

/** Answers that there is nothing, for a compilation that stands alone. */
export const askNobody: Ask = async (kind) => {
  const nothing: { [Kind in SourceKind]: Sources[Kind]['answer'] } = {
    file: null,
    project: { missing: 'project' },
    remote: [],
    template: null,
    artifact: { missing: 'parent' },
    component: { missing: 'project' },
  };
  return nothing[kind];
};

import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { Note } from '../../../ui/note.tsx';
import { GivenInputs } from './given-inputs.tsx';
import { MergedYaml } from './merged-yaml.tsx';
import type { Configuration } from './queries.ts';
import { SourceFiles } from './source-files.tsx';
import css from './yaml.module.css';

interface Props {
  of: Configuration;
  fullPath: string;
  sha: string;
}

/** The files that a pipeline was made of, what it was given, and all of it in one. */
export function KeptConfiguration({ of, fullPath, sha }: Props) {
  const { file, inputs, includes, merged_yaml, reason } = of;
  return (
    <div className={css.page}>
      <SourceFiles file={file} includes={includes ?? []} fullPath={fullPath} sha={sha} />
      {inputs !== null && inputs.length > 0 && <GivenInputs inputs={inputs} namesFiles={file === null} />}
      {reason === 'too_large' && (
        <Note>
          In one it is larger than what is kept with a pipeline.{' '}
          <Link href={addresses.tree(fullPath, sha)}>The commit</Link> has its files; &quot;Why&quot; says
          where each job is written.
        </Note>
      )}
      {reason === 'unreadable' && (
        <Note>It has mistakes because of which it cannot be shown in one: see above.</Note>
      )}
      {reason === 'not_permitted' && (
        <Note>
          Something of what it was made of is not for you to read: a file of another project, an artifact, or
          the value of a variable. Ask a maintainer of this project who may read all of it.
        </Note>
      )}
      {merged_yaml !== null && (
        <MergedYaml text={merged_yaml}>
          All of it in one, as this pipeline was made of it: includes, extends and inputs are resolved.
        </MergedYaml>
      )}
    </div>
  );
}

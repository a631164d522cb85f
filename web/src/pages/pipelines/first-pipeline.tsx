import { useQuery } from '@tanstack/react-query';
import { type LucideIcon, Play } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { projectQuery } from '../../api/abilities.ts';
import { LeftOutList } from '../../code/left-out.tsx';
import { pushQuery, whyNone } from '../../code/why-none.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { Empty } from '../../ui/note.tsx';
import css from './first-pipeline.module.css';

const EXAMPLE = `test:
  script:
    - echo "It runs on $(uname)"`;

/** What stands in place of a list while a project has had no pipeline: how the first one comes about, or why none does. */
export function FirstPipeline({
  fullPath,
  mayRun,
  icon,
}: {
  fullPath: string;
  mayRun: boolean;
  icon: LucideIcon;
}) {
  const { data: project } = useQuery(projectQuery(fullPath));
  const branch = project?.default_branch ?? null;
  const { data: push } = useQuery({ ...pushQuery(fullPath), enabled: mayRun && branch !== null });
  const why = push ? whyNone(push) : [];
  if (branch !== null && why.length > 0)
    return (
      <Empty icon={icon} title="The last push made no pipeline">
        <div className={css.how}>
          <p>
            {why[0]?.job === null
              ? 'The workflow of the configuration leaves it out:'
              : 'The configuration leaves out every job of it:'}
          </p>
          <LeftOutList fullPath={fullPath} refName={branch} of={why} />
          <p>A pipeline that is run by hand, or with other variables, may have some.</p>
          <ButtonLink kind="primary" icon={Play} href={addresses.newPipeline(fullPath)}>
            Run pipeline
          </ButtonLink>
        </div>
      </Empty>
    );
  return (
    <Empty icon={icon} title="No pipeline has run yet">
      {mayRun ? (
        <div className={css.how}>
          <p>
            Push a file named <code>.gitlab-ci.yml</code>. Each push of a commit then begins a pipeline.
          </p>
          <CopyBlock text={EXAMPLE} label="A first .gitlab-ci.yml" />
          <p>If the file is there already:</p>
          <ButtonLink kind="primary" icon={Play} href={addresses.newPipeline(fullPath)}>
            Run pipeline
          </ButtonLink>
        </div>
      ) : (
        <p>
          One begins whenever somebody pushes to this project and it has a <code>.gitlab-ci.yml</code>.
        </p>
      )}
    </Empty>
  );
}

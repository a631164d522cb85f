import { type LucideIcon, Play } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { Empty } from '../../ui/note.tsx';
import css from './first-pipeline.module.css';

const EXAMPLE = `test:
  script:
    - echo "It runs on $(uname)"`;

/** What stands in place of a list while a project has had no pipeline: how the first one comes about. */
export function FirstPipeline({
  fullPath,
  mayRun,
  icon,
}: {
  fullPath: string;
  mayRun: boolean;
  icon: LucideIcon;
}) {
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

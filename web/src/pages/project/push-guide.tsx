import { useQuery } from '@tanstack/react-query';
import { GitBranch, PackageOpen } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useUser } from '../../api/session.ts';
import { CopyBlock } from '../../ui/copy.tsx';
import { Empty, Note } from '../../ui/note.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AccessToken } from './access-token.tsx';
import { AddExample } from './add-example.tsx';
import { existingRepository, newRepository } from './commands.ts';
import type { ShownProject } from './project-head.tsx';
import css from './push-guide.module.css';
import { newestPipelineQuery } from './queries.ts';

/** How to fill a repository: at a click, or by git with commands to copy. What is pushed is seen at once. */
export function PushGuide({ project, mayPush }: { project: ShownProject; mayPush: boolean }) {
  const user = useUser();
  const fullPath = project.path_with_namespace;
  const { data: pipeline } = useQuery(newestPipelineQuery(fullPath));
  if (!mayPush || user === null)
    return (
      <Empty icon={PackageOpen} title="Nothing was pushed yet">
        Once a developer of the project has pushed to it, its files and pipelines are here.
      </Empty>
    );
  const to = {
    address: project.http_url_to_repo,
    username: user.username,
    branch: project.default_branch ?? 'main',
  };
  return (
    <div className={css.guide}>
      {pipeline && (
        <Note tone="success">
          Something was pushed:{' '}
          <Link href={addresses.pipeline(fullPath, pipeline.id)}>watch pipeline #{pipeline.id}</Link>.
        </Note>
      )}
      <section className={css.way}>
        <h2>Try it without git</h2>
        <p>
          Adds a <code>.gitlab-ci.yml</code> with two jobs that say hello, and shows you how they run.
        </p>
        <AddExample fullPath={fullPath} branch={to.branch} />
      </section>
      <section className={css.way}>
        <h2>
          <GitBranch size={18} aria-hidden /> Push with git
        </h2>
        <AccessToken fullPath={fullPath} username={user.username} />
        <Tabs
          name="push"
          label="What you have"
          tabs={[
            {
              value: 'new',
              label: 'Nothing yet',
              content: <CopyBlock label="Commands for a new repository" text={newRepository(to)} />,
            },
            {
              value: 'existing',
              label: 'A repository',
              content: (
                <CopyBlock label="Commands for an existing repository" text={existingRepository(to)} />
              ),
            },
          ]}
        />
        <p className={css.then}>
          A repository with a <code>.gitlab-ci.yml</code> has a pipeline for each push. This page notices by
          itself.
        </p>
      </section>
    </div>
  );
}

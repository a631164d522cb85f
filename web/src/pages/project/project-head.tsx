import { GitBranch, Play } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useAbilities } from '../../api/abilities.ts';
import { useUser } from '../../api/session.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { VisibilityIcon } from '../../ui/project-table.tsx';
import { CloneMenu } from './clone-menu.tsx';
import { NewestPipeline } from './newest-pipeline.tsx';
import { Seen } from '../../ui/name.tsx';
import css from './page.module.css';

export interface ShownProject {
  name: string;
  path_with_namespace: string;
  description: string | null;
  visibility: string;
  archived: boolean;
  default_branch: string | null;
  http_url_to_repo: string;
}

/** What the project is, how its default branch is doing, and how to get it. */
export function ProjectHead({ project, empty }: { project: ShownProject; empty: boolean }) {
  const { path_with_namespace: fullPath, default_branch: branch } = project;
  const can = useAbilities('project', fullPath);
  const user = useUser();
  const filled = !empty && branch !== null;
  return (
    <PageHead
      title={project.name}
      lead={<VisibilityIcon visibility={project.visibility} />}
      detail={
        <>
          {project.archived && <span className={css.mark}>Archived: nothing changes here</span>}
          {project.description !== null && project.description !== '' && (
            <span className={css.description}>
              <Seen text={project.description} />
            </span>
          )}
          {filled && can('read_code') && (
            <Link href={addresses.branches(fullPath)} className={css.branch}>
              <GitBranch size={14} aria-hidden /> {branch}
            </Link>
          )}
          {filled && can('read_pipeline') && <NewestPipeline fullPath={fullPath} branch={branch} />}
        </>
      }
      actions={
        <>
          {can('read_code') && !empty && (
            <CloneMenu
              fullPath={fullPath}
              address={project.http_url_to_repo}
              username={user?.username ?? null}
            />
          )}
          {filled && can('create_pipeline') && (
            <ButtonLink href={addresses.newPipeline(fullPath, branch)} kind="primary" icon={Play}>
              Run pipeline
            </ButtonLink>
          )}
        </>
      }
    />
  );
}

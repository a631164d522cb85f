import { useQuery } from '@tanstack/react-query';
import { FolderPlus, Plus } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import type { PageProps } from '../../address/routes.tsx';
import { useAbilities } from '../../api/abilities.ts';
import { useUser } from '../../api/session.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { GroupTable } from '../../ui/group-table.tsx';
import { NotFound } from '../../ui/not-found.tsx';
import { Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Problem } from '../../ui/problem.tsx';
import { VisibilityIcon } from '../../ui/project-table.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { Seen } from '../../ui/name.tsx';
import css from './page.module.css';
import { ProjectsIn } from './projects-in.tsx';
import { groupQuery, projectsInQuery, subgroupsQuery } from './queries.ts';

/** A group with its subgroups and projects; where the path is a person's, their projects. */
export default function GroupPage({ fullPath }: PageProps) {
  useTitle(fullPath);
  const group = useQuery(groupQuery(fullPath));
  if (group.isPending) return <Skeleton lines={6} />;
  if (group.isError) return <Problem error={group.error} retry={() => void group.refetch()} />;
  if (group.data === null) return <Person username={fullPath} />;
  return <Group group={group.data} fullPath={fullPath} />;
}

interface GroupProps {
  group: { full_name: string; description: string; visibility: string };
  fullPath: string;
}

function Group({ group, fullPath }: GroupProps) {
  const can = useAbilities('group', fullPath);
  const subgroups = useQuery(subgroupsQuery(fullPath));
  const below = subgroups.data?.items ?? [];
  return (
    <>
      <PageHead
        title={group.full_name}
        lead={<VisibilityIcon visibility={group.visibility} />}
        {...(group.description === '' ? {} : { detail: <Seen text={group.description} /> })}
        actions={
          <>
            {can('create_subgroup') && (
              <ButtonLink href={addresses.newGroup(fullPath)} icon={Plus}>
                New subgroup
              </ButtonLink>
            )}
            {can('create_projects') && (
              <ButtonLink href={addresses.newProject(fullPath)} kind="primary" icon={FolderPlus}>
                New project
              </ButtonLink>
            )}
          </>
        }
      />
      {subgroups.isError && <Problem error={subgroups.error} retry={() => void subgroups.refetch()} />}
      {below.length > 0 && (
        <section className={css.part}>
          <h2>Subgroups</h2>
          <GroupTable label="Subgroups" groups={below} />
        </section>
      )}
      <section className={css.part}>
        {below.length > 0 && <h2>Projects</h2>}
        <ProjectsIn kind="group" fullPath={fullPath} mayCreate={can('create_projects')} />
      </section>
    </>
  );
}

function Person({ username }: { username: string }) {
  const own = useUser()?.username === username;
  const { isError } = useQuery(projectsInQuery('user', username, { page: 1 }));
  // No group has the name, and nobody either, or neither is for this person to see.
  if (isError) return <NotFound />;
  return (
    <>
      <PageHead
        title={own ? 'Your own projects' : `Projects of @${username}`}
        actions={
          own && (
            <ButtonLink href={addresses.newProject(username)} kind="primary" icon={FolderPlus}>
              New project
            </ButtonLink>
          )
        }
      />
      <ProjectsIn kind="user" fullPath={username} mayCreate={own} />
    </>
  );
}

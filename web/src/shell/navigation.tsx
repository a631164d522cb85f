import { clsx } from 'clsx';
import {
  BookOpen,
  FileCode,
  GitBranch,
  GitCommitHorizontal,
  KeyRound,
  ListChecks,
  type LucideIcon,
  Server,
  Users,
  Workflow,
} from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import { projectQuery, useAbilities } from '../api/abilities.ts';
import { useUser } from '../api/session.ts';
import { useInSight } from '../ui/use-in-sight.ts';
import css from './navigation.module.css';

export interface Place {
  section: string;
  label: string;
  href: string;
  icon: LucideIcon;
}

const place = (section: string, label: string, href: string, icon: LucideIcon): Place => ({
  section,
  label,
  href,
  icon,
});

/** Where one can go within the server, a project or a group: what the person may not see is not offered. */
export function usePlaces(scope: 'server' | 'group' | 'project', fullPath: string): Place[] {
  const can = useAbilities(scope, fullPath);
  const user = useUser();
  const { data: project } = useQuery({ ...projectQuery(fullPath), enabled: scope === 'project' });
  const ref = project?.default_branch ?? null;
  const settings = (runners: string, variables: string) => [
    ...(can('read_project_runners') || can('read_group_runners') || can('admin_runners')
      ? [place('runners', 'Runners', runners, Server)]
      : []),
    ...(can('admin_cicd_variables') || can('admin_group_cicd_variables') || can('admin_instance_variables')
      ? [place('variables', 'Variables', variables, KeyRound)]
      : []),
  ];
  if (scope === 'server')
    return [
      place('projects', 'Projects', addresses.home(), BookOpen),
      ...(user === null ? [] : [place('groups', 'Groups', addresses.groups(), Users)]),
      ...settings(addresses.instanceRunners(), addresses.instanceSettings()),
    ];
  if (scope === 'group')
    return [
      place('overview', 'Projects', addresses.group(fullPath), BookOpen),
      ...settings(addresses.groupRunners(fullPath), addresses.groupSettings(fullPath)),
    ];
  return [
    place('overview', 'Project', addresses.project(fullPath), BookOpen),
    ...(can('read_pipeline') || can('read_build')
      ? [
          place('pipelines', 'Pipelines', addresses.pipelines(fullPath), Workflow),
          place('jobs', 'Jobs', addresses.jobs(fullPath), ListChecks),
        ]
      : []),
    ...(can('read_code') && ref !== null
      ? [
          place('code', 'Files', addresses.tree(fullPath, ref), FileCode),
          place('commits', 'Commits', addresses.commits(fullPath, ref), GitCommitHorizontal),
          place('branches', 'Branches', addresses.branches(fullPath), GitBranch),
        ]
      : []),
    ...settings(addresses.runners(fullPath), addresses.settings(fullPath)),
  ];
}

const NAMES = { server: 'Server', group: 'Group', project: 'Project' };

interface Props {
  scope: 'server' | 'group' | 'project';
  fullPath: string;
  section: string;
}

export function Navigation({ scope, fullPath, section }: Props) {
  const places = usePlaces(scope, fullPath);
  const row = useInSight<HTMLElement>('[aria-current]', `${section} of ${places.length}`);
  if (places.length < 2) return null;
  return (
    <nav ref={row} className={css.navigation} aria-label={NAMES[scope]}>
      {places.map(({ section: own, label, href, icon: Icon }) => (
        <Link
          key={own}
          href={href}
          className={clsx(css.place, own === section && css.here)}
          aria-current={own === section ? 'page' : undefined}
        >
          <Icon size={16} aria-hidden />
          {label}
        </Link>
      ))}
    </nav>
  );
}

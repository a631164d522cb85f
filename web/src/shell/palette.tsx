import { Autocomplete } from '@base-ui/react/autocomplete';
import { useQuery } from '@tanstack/react-query';
import { BookOpen, FolderPlus, Keyboard, KeyRound, type LucideIcon, Plus, Server, Users } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../address/addresses.ts';
import { findPage } from '../address/routes.tsx';
import { useAbilities } from '../api/abilities.ts';
import { api, dataOf } from '../api/client.ts';
import { keys } from '../api/keys.ts';
import css from './commands.module.css';
import { commandsOpen, sheetOpen } from './flag.ts';
import { Name } from '../ui/name.tsx';
import { usePlaces } from './navigation.tsx';

interface CommandItem {
  id: string;
  label: string;
  icon: LucideIcon;
  act: () => void;
}

/** Places of this project, actions, and every project by name. */
export function Palette() {
  const [text, setText] = useState('');
  const items = useCommands(text);
  return (
    <Autocomplete.Root
      open
      inline
      items={items}
      value={text}
      onValueChange={setText}
      itemToStringValue={(item: CommandItem) => item.label}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className={css.input}
        placeholder="Go to, do, or find a project…"
        aria-label="Command"
      />
      <Autocomplete.Empty className={css.empty}>Nothing fits.</Autocomplete.Empty>
      <Autocomplete.List className={css.list}>
        {(item: CommandItem) => (
          <Autocomplete.Item
            key={item.id}
            value={item}
            className={css.item}
            onClick={() => {
              commandsOpen.set(false);
              item.act();
            }}
          >
            <item.icon size={16} aria-hidden />
            <Name text={item.label} />
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function useCommands(text: string): CommandItem[] {
  const [path, navigate] = useLocation();
  const found = findPage(path);
  const scope = found?.route.scope ?? 'server';
  const places = usePlaces(scope, found?.props.fullPath ?? '');
  const can = useAbilities('server', '');
  const fullPath = scope === 'project' ? (found?.props.fullPath ?? '') : null;
  const canHere = useAbilities(scope, found?.props.fullPath ?? '');
  const search = text.trim();
  const { data: projects = [] } = useQuery({
    queryKey: keys.projects('palette', search),
    queryFn: () =>
      dataOf(api.GET('/api/v4/projects', { params: { query: { search, simple: true, per_page: 8 } } })),
    enabled: search.length > 1,
  });
  const go = (id: string, label: string, href: string, icon: LucideIcon): CommandItem => ({
    id,
    label,
    icon,
    act: () => navigate(href),
  });
  return [
    ...places.map(({ section, label, href, icon }) =>
      go(section, `Go to ${label.toLowerCase()}`, href, icon),
    ),
    ...(fullPath !== null && canHere('create_pipeline')
      ? [go('run', 'Run a pipeline', addresses.newPipeline(fullPath), Plus)]
      : []),
    ...(scope === 'server'
      ? []
      : [
          go('projects', 'All projects', addresses.home(), BookOpen),
          go('groups', 'All groups', addresses.groups(), Users),
        ]),
    ...(can('create_project') ? [go('new-project', 'New project', addresses.newProject(), FolderPlus)] : []),
    ...(scope !== 'server' && can('admin_runners')
      ? [
          go('instance-runners', 'Runners of the server', addresses.instanceRunners(), Server),
          go('instance-variables', 'Variables of the server', addresses.instanceSettings(), KeyRound),
        ]
      : []),
    { id: 'keys', label: 'Keyboard shortcuts', icon: Keyboard, act: () => sheetOpen.set(true) },
    ...projects.map((project) =>
      go(
        `project-${project.id}`,
        project.path_with_namespace,
        addresses.project(project.path_with_namespace),
        BookOpen,
      ),
    ),
  ];
}

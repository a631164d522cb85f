import { Autocomplete } from '@base-ui/react/autocomplete';
import { useQuery } from '@tanstack/react-query';
import {
  BookOpen,
  FolderPlus,
  Keyboard,
  KeyRound,
  ListChecks,
  type LucideIcon,
  Plus,
  Server,
  Users,
  Workflow,
} from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../address/addresses.ts';
import { pathOfName } from '../address/path-of-name.ts';
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
  /** Of what lies at the path that is its label. */
  name?: string;
  icon: LucideIcon;
  act: () => void;
}

/** What it is found by once more: the server has looked for the text in both. */
const textOf = ({ label, name = '' }: CommandItem) => `${name} ${label}`.trim();
/** Whether its name is more than the end of its path in other letters. */
const hasOwnName = (item: CommandItem): item is CommandItem & { name: string } =>
  item.name !== undefined && pathOfName(item.name) !== item.label.split('/').at(-1)?.toLowerCase();

/** Places of this project, actions, and every project and group by name or path. */
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
      itemToStringValue={textOf}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className={css.input}
        placeholder="Go to, do, or find by name…"
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
            {hasOwnName(item) && <Name text={item.name} className={css.name} />}
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
  const { projects, groups } = useFound(text.trim());
  const number = /^#(\d{1,15})$/.exec(text.trim())?.[1];
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
    // Both are offered: which of them there is, its page says.
    ...(fullPath !== null && number !== undefined
      ? [
          go('pipeline', `Pipeline #${number}`, addresses.pipeline(fullPath, Number(number)), Workflow),
          go('job', `Job #${number}`, addresses.job(fullPath, Number(number)), ListChecks),
        ]
      : []),
    ...groups.map(({ id, name, full_path }) => ({
      ...go(`group-${id}`, full_path, addresses.group(full_path), Users),
      name,
    })),
    ...projects.map(({ id, name, path_with_namespace }) => ({
      ...go(`project-${id}`, path_with_namespace, addresses.project(path_with_namespace), BookOpen),
      name,
    })),
  ];
}

/** Projects and groups by name; of `acme/shop`, `shop` is looked for, and what lies in `acme` shown. */
function useFound(typed: string) {
  const search = typed.slice(typed.lastIndexOf('/') + 1);
  const query = { search, per_page: typed.includes('/') ? 50 : 8 };
  const enabled = search.length > 1 && !typed.startsWith('#');
  const { data: projects = [] } = useQuery({
    queryKey: keys.projects('palette', search, query.per_page),
    queryFn: () => dataOf(api.GET('/api/v4/projects', { params: { query: { ...query, simple: true } } })),
    enabled,
  });
  const { data: groups = [] } = useQuery({
    queryKey: keys.groups('palette', search, query.per_page),
    queryFn: () => dataOf(api.GET('/api/v4/groups', { params: { query } })),
    enabled,
  });
  return { projects, groups };
}

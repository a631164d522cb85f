import { useQueryClient } from '@tanstack/react-query';
import {
  Command,
  History,
  KeyRound,
  LogIn,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  Sun,
  WifiOff,
} from 'lucide-react';
import { Fragment } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../address/addresses.ts';
import { useHere } from '../address/here.ts';
import { Link } from '../address/link.tsx';
import { api } from '../api/client.ts';
import { type Liveness, useLiveness } from '../api/live.ts';
import { useMayBeOld } from '../api/may-be-old.ts';
import { useUser } from '../api/session.ts';
import { ButtonLink, IconButton } from '../ui/button.tsx';
import { Name } from '../ui/name.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '../ui/menu.tsx';
import { useToasts } from '../ui/toasts.tsx';
import { commandsOpen } from './flag.ts';
import css from './header.module.css';
import { chosenTheme } from './theme.ts';

interface Props {
  scope: 'server' | 'group' | 'project';
  fullPath: string;
}

/** The top of every page: where one is, and what is there on every page. */
export function Header({ scope, fullPath }: Props) {
  return (
    <header className={css.header}>
      <Link href={addresses.home()} className={css.home} aria-label="Jobyard, all projects">
        <img src="/favicon.svg" alt="" width={26} height={26} />
        <span className={css.name}>Jobyard</span>
      </Link>
      <Trail scope={scope} fullPath={fullPath} />
      <div className={css.tools}>
        <LivenessSign />
        <IconButton
          label="Commands and search (Ctrl+K)"
          icon={Command}
          onClick={() => commandsOpen.set(true)}
        />
        <ThemeMenu />
        <UserMenu />
      </div>
    </header>
  );
}

function Trail({ scope, fullPath }: Props) {
  const parts = fullPath === '' ? [] : fullPath.split('/');
  return (
    <nav className={css.trail} aria-label="Where this is">
      {parts.map((part, index) => {
        const path = parts.slice(0, index + 1).join('/');
        const isProject = scope === 'project' && index === parts.length - 1;
        return (
          <Fragment key={path}>
            <span className={css.slash} aria-hidden>
              /
            </span>
            <Link href={isProject ? addresses.project(path) : addresses.group(path)}>{part}</Link>
          </Fragment>
        );
      })}
    </nav>
  );
}

function LivenessSign() {
  const liveness = useLiveness();
  const isOld = useMayBeOld();
  const answers = liveness === 'live' || liveness === 'polling';
  const state = answers && isOld ? 'old' : liveness;
  if (state === 'live') return null;
  const { word, text, icon: Icon = WifiOff } = SIGNS[state];
  return (
    <span className={css.sign} role="status" tabIndex={0} data-tip={text}>
      <Icon size={14} aria-hidden /> {word}
    </span>
  );
}

interface Sign {
  word: string;
  text: string;
  icon?: LucideIcon;
}

const SIGNS: Record<Exclude<Liveness, 'live'> | 'old', Sign> = {
  old: {
    word: 'May be old',
    text: 'The server could not tell how all of this is now. What you see may be old; it is asked again until it can.',
    icon: History,
  },
  polling: {
    word: 'Not live',
    text: 'Changes are asked for every 10 seconds: the server answers, but this page has no live connection. Over HTTP/1.1 four windows of a browser have one.',
  },
  silent: {
    word: 'No answer',
    text: 'The server does not answer. What you see may be old; it is fetched anew as soon as there is an answer.',
  },
  offline: {
    word: 'Offline',
    text: 'There is no network. What you see may be old; it is fetched anew once the connection is back.',
  },
};

function ThemeMenu() {
  const theme = chosenTheme.use();
  const Icon = theme === 'dark' ? Moon : theme === 'light' ? Sun : Monitor;
  return (
    <Menu trigger={<IconButton label={`Theme: ${theme}`} icon={Icon} />}>
      <MenuItem icon={Monitor} onSelect={() => chosenTheme.choose('system')}>
        As the system
      </MenuItem>
      <MenuItem icon={Sun} onSelect={() => chosenTheme.choose('light')}>
        Light
      </MenuItem>
      <MenuItem icon={Moon} onSelect={() => chosenTheme.choose('dark')}>
        Dark
      </MenuItem>
    </Menu>
  );
}

function UserMenu() {
  const user = useUser();
  const here = useHere();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const toasts = useToasts();
  if (user === null)
    return (
      <ButtonLink href={addresses.signIn(here)} icon={LogIn} size="small">
        Sign in
      </ButtonLink>
    );
  const signOut = async () => {
    try {
      await api.DELETE('/api/v4/session');
      client.clear();
      navigate(addresses.signIn());
    } catch (error) {
      toasts.problem(error);
    }
  };
  const words = user.name.match(/[\p{L}\p{N}][^\s]*/gu) ?? [user.username];
  const initials = words
    .map((word) => [...word][0])
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return (
    <Menu
      trigger={
        <button type="button" className={css.avatar} aria-label={`${user.name}: account`}>
          {initials}
        </button>
      }
    >
      <div className={css.who}>
        <strong>
          <Name text={user.name} />
        </strong>
        <span>@{user.username}</span>
      </div>
      <MenuSeparator />
      <MenuLink icon={KeyRound} href={addresses.password()}>
        Change password
      </MenuLink>
      <MenuItem icon={LogOut} onSelect={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

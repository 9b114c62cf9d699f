import { ActionIcon, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconAdjustments,
  IconBell,
  IconBellOff,
  IconHelp,
  IconHome,
  IconLayoutSidebar,
  IconSearch,
  IconTarget,
  IconTerminal2,
} from '@tabler/icons-react';
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { type ComponentType, useCallback, useEffect, useState } from 'react';
import { useCall } from '../ipc/use-call.ts';
import { useEngineEvents } from '../ipc/use-engine-events.ts';
import { usePreferences } from '../state/preferences.ts';
import { CommandPalette, openPalette } from './CommandPalette.tsx';
import { EngineBanner } from './EngineBanner.tsx';
import classes from './Shell.module.css';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { StatusBar } from './StatusBar.tsx';
import { MOD, pageKeys } from './shortcuts.ts';
import { useShortcuts } from './use-shortcuts.ts';

interface Destination {
  readonly to: '/' | '/query' | '/targets' | '/alerts' | '/silences';
  readonly name: string;
  readonly icon: ComponentType<{ size?: number; stroke?: number }>;
}

const DESTINATIONS: readonly Destination[] = [
  { to: '/', name: 'Home', icon: IconHome },
  { to: '/query', name: 'Query', icon: IconTerminal2 },
  { to: '/targets', name: 'Targets', icon: IconTarget },
  { to: '/alerts', name: 'Alerts', icon: IconBell },
  { to: '/silences', name: 'Silences', icon: IconBellOff },
];

export function Shell() {
  const router = useRouter();
  useTitle();
  const [sheetOpen, setSheetOpen] = useState(false);
  const open = useCallback((path: string) => router.history.push(path), [router]);
  useEngineEvents(open);
  useShortcuts({ open, openSheet: () => setSheetOpen(true) });
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <TitleBar onHelp={() => setSheetOpen(true)} />
      <div className={classes.middle}>
        <Navigation />
        <main className={classes.main} id="main" tabIndex={-1}>
          <EngineBanner />
          <Outlet />
        </main>
      </div>
      <StatusBar />
      <CommandPalette onHelp={() => setSheetOpen(true)} />
      <ShortcutSheet opened={sheetOpen} onClose={() => setSheetOpen(false)} />
    </div>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  '/': 'Home',
  '/query': 'Query',
  '/targets': 'Targets',
  '/alerts': 'Alerts',
  '/silences': 'Silences',
  '/silences/new': 'Silence',
  '/settings': 'Settings',
};

/** The title of the window says where one is. */
function useTitle(): void {
  const path = useLocation({ select: (location) => location.pathname });
  useEffect(() => {
    const title = TITLES[path];
    document.title = title === undefined ? 'Hearth' : `${title} – Hearth`;
  }, [path]);
}

function TitleBar({ onHelp }: { readonly onHelp: () => void }) {
  return (
    <header className={classes.titleBar}>
      <Link to="/" className={classes.brand}>
        <img src="/icon.svg" width={20} height={20} alt="" />
        Hearth
      </Link>
      <button type="button" className={classes.search} onClick={openPalette}>
        <IconSearch size={14} stroke={1.5} />
        <span>Search metrics, targets, commands</span>
        <kbd>{MOD} K</kbd>
      </button>
      <div className={classes.tools}>
        <Tooltip label="Keyboard shortcuts (?)">
          <ActionIcon aria-label="Keyboard shortcuts" onClick={onHelp}>
            <IconHelp size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

function Navigation() {
  const wide = useMediaQuery('(min-width: 1100px)') ?? true;
  const preferred = usePreferences((state) => state.navExpanded);
  const setExpanded = usePreferences((state) => state.setNavExpanded);
  const expanded = preferred && wide;
  const status = useCall('status.get', {}, { refetchMs: 5000 });
  return (
    <nav className={classes.nav} data-expanded={expanded} aria-label="Pages">
      {DESTINATIONS.map((destination, at) => (
        <NavLink
          key={destination.to}
          {...destination}
          shortcut={pageKeys(at)}
          expanded={expanded}
          count={destination.to === '/alerts' ? (status.data?.alertsFiring ?? 0) : 0}
        />
      ))}
      <div className={classes.spacer} />
      <Tooltip label="Settings" position="right" disabled={expanded}>
        <Link to="/settings" className={classes.navLink} activeProps={{ 'data-active': true }} aria-label="Settings">
          <IconAdjustments size={18} stroke={1.5} />
          {expanded && <span className={classes.navName}>Settings</span>}
        </Link>
      </Tooltip>
      {wide && (
        <Tooltip label={`${expanded ? 'Collapse' : 'Expand'} (${MOD} B)`} position="right">
          <button
            type="button"
            className={classes.navLink}
            aria-label={expanded ? 'Collapse the navigation' : 'Expand the navigation'}
            onClick={() => setExpanded(!preferred)}
          >
            <IconLayoutSidebar size={18} stroke={1.5} />
            {expanded && <span className={classes.navName}>Collapse</span>}
          </button>
        </Tooltip>
      )}
    </nav>
  );
}

interface NavLinkProps extends Destination {
  readonly shortcut: string;
  readonly expanded: boolean;
  readonly count: number;
}

function NavLink({ to, name, icon: Icon, shortcut, expanded, count }: NavLinkProps) {
  return (
    <Tooltip label={`${name} (${shortcut})`} position="right" disabled={expanded}>
      <Link
        to={to}
        className={classes.navLink}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        activeProps={{ 'data-active': true }}
        {...(expanded ? {} : { 'aria-label': count > 0 ? `${name}, ${count} firing` : name })}
      >
        <Icon size={18} stroke={1.5} />
        {expanded && <span className={classes.navName}>{name}</span>}
        {count > 0 && <span className={classes.count}>{count}</span>}
        {expanded && count > 0 && <span className="visually-hidden"> firing</span>}
        {expanded && count === 0 && <kbd className={classes.navKey}>{shortcut}</kbd>}
      </Link>
    </Tooltip>
  );
}

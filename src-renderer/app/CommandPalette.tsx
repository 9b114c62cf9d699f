import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { rank } from '../format/rank.ts';
import { useCall, useChange } from '../ipc/use-call.ts';
import { useQueryTabs } from '../state/query-tabs.ts';
import classes from './CommandPalette.module.css';
import { pageKeys } from './shortcuts.ts';

const [paletteStore, palette] = createSpotlight();

export function openPalette(): void {
  palette.open();
}

interface Command {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly hint: ReactNode;
  readonly run: () => void;
}

const MOST_SHOWN = 12;

/** Spotlight keeps its choice in the document and knows nothing of results that come late. */
function selectFirst(): void {
  const { listId } = paletteStore.getState();
  const actions = document.getElementById(listId)?.querySelectorAll('[data-action]') ?? [];
  for (const action of actions) action.removeAttribute('data-selected');
  actions[0]?.setAttribute('data-selected', 'true');
  paletteStore.updateState((state) => ({ ...state, selected: actions.length === 0 ? -1 : 0 }));
}

/** One search over pages, commands, targets, alerts, earlier queries and metrics. */
export function CommandPalette({ onHelp }: { readonly onHelp: () => void }) {
  const [text, setText] = useState('');
  const [opened, setOpened] = useState(false);
  const commands = useCommands(onHelp);
  const things = useThings(text, opened);
  const shown = useMemo(() => {
    const all = [...commands, ...things.fixed];
    return [...rank(all, text, (command) => command.label).slice(0, MOST_SHOWN), ...things.searched];
  }, [commands, things, text]);
  // The first stays chosen as results come in: Enter takes it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other results, another first one
  useEffect(() => {
    if (opened) selectFirst();
  }, [shown, opened]);
  const groups = [...new Set(shown.map((command) => command.group))];
  return (
    <Spotlight.Root
      store={paletteStore}
      query={text}
      onQueryChange={setText}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
      shortcut={null}
      scrollable
      maxHeight={420}
      size={600}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
      classNames={{
        actionSection: classes.section ?? '',
        action: classes.action ?? '',
        actionsGroup: classes.group ?? '',
      }}
    >
      <Spotlight.Search
        placeholder="Search metrics, targets, commands"
        aria-label="Search metrics, targets, commands"
        leftSection={<IconSearch size={16} stroke={1.5} />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {shown
              .filter((command) => command.group === group)
              .map((command) => (
                <Spotlight.Action
                  key={command.id}
                  label={command.label}
                  rightSection={<span className="muted">{command.hint}</span>}
                  onClick={command.run}
                />
              ))}
          </Spotlight.ActionsGroup>
        ))}
        {shown.length === 0 && <Spotlight.Empty>Nothing matches “{text}”</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useCommands(onHelp: () => void): readonly Command[] {
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme();
  const reload = useChange('config.reload', ['config.get', 'status.get']);
  return useMemo(() => {
    const page = (label: string, path: string, hint = ''): Command => ({
      id: `page ${path}`,
      group: 'Go to',
      label,
      hint,
      run: () => router.history.push(path),
    });
    const action = (label: string, run: () => void, hint = ''): Command => ({
      id: `do ${label}`,
      group: 'Do',
      label,
      hint,
      run,
    });
    return [
      page('Home', '/', pageKeys(0)),
      page('Query', '/query', pageKeys(1)),
      page('Targets', '/targets', pageKeys(2)),
      page('Alerts', '/alerts', pageKeys(3)),
      page('Silences', '/silences', pageKeys(4)),
      page('Settings', '/settings'),
      action('New silence', () => router.history.push('/silences/new')),
      action('New query tab', () => {
        useQueryTabs.getState().openEmpty();
        router.history.push('/query');
      }),
      action('Read the configuration files again', () => reload.mutate({})),
      action('Theme: as the system', () => setColorScheme('auto')),
      action('Theme: light', () => setColorScheme('light')),
      action('Theme: dark', () => setColorScheme('dark')),
      action('Keyboard shortcuts', onHelp, '?'),
    ];
  }, [router, setColorScheme, reload.mutate, onHelp]);
}

/** What the engine knows. Metrics and history are searched there: their lists never come here whole. */
function useThings(
  text: string,
  opened: boolean,
): { readonly fixed: readonly Command[]; readonly searched: readonly Command[] } {
  const router = useRouter();
  const [settled] = useDebouncedValue(text, 60);
  const search = settled.trim();
  const targets = useCall('targets.list', {}, { enabled: opened });
  const metrics = useCall(
    'metrics.search',
    { text: search, limit: 8 },
    { enabled: opened && search !== '', keepPrevious: true },
  );
  const history = useCall('query.history', { search, limit: 5 }, { enabled: opened, keepPrevious: true });
  return useMemo(() => {
    const query = (expr: string) => router.history.push(`/query?${new URLSearchParams({ expr })}`);
    const fixed = (targets.data?.targets ?? []).map((target) => ({
      id: `target ${target.id}`,
      group: 'Targets',
      label: `${target.job} ${target.labels.instance ?? target.url}`,
      hint: target.state,
      run: () => router.history.push(`/targets?${new URLSearchParams({ target: target.id })}`),
    }));
    const metricCommands = (search === '' ? [] : (metrics.data?.metrics ?? [])).map((metric) => ({
      id: `metric ${metric.name}`,
      group: 'Metrics',
      label: metric.name,
      hint: metric.type,
      run: () => query(metric.type === 'counter' ? `rate(${metric.name}[5m])` : metric.name),
    }));
    const historyCommands = (history.data ?? []).map((entry) => ({
      id: `history ${entry.query}`,
      group: 'Earlier queries',
      label: entry.query,
      hint: '',
      run: () => query(entry.query),
    }));
    return { fixed, searched: [...metricCommands, ...historyCommands] };
  }, [router, search, targets.data, metrics.data, history.data]);
}

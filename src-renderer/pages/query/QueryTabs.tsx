import { ActionIcon } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect } from 'react';
import { type QueryTab, useQueryTabs } from '../../state/query-tabs.ts';
import classes from './QueryPage.module.css';

const TITLE_LENGTH = 40;

export function QueryTabs({ active }: { readonly active: QueryTab }) {
  const { tabs, select, close, openEmpty } = useQueryTabs();
  useEffect(() => {
    document.getElementById(`query-tab-${active.id}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active.id]);
  const onKey = (event: KeyboardEvent, tab: QueryTab) => {
    const at = tabs.indexOf(tab);
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (event.key === 'Delete') close(tab.id);
    else if (by !== 0 && next !== undefined) {
      select(next.id);
      document.getElementById(`query-tab-${next.id}`)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={classes.tabs}>
      <div className={classes.tabList} role="tablist" aria-label="Queries">
        {tabs.map((tab) => (
          <div key={tab.id} className={classes.tab} data-active={tab.id === active.id} role="presentation">
            <button
              type="button"
              role="tab"
              id={`query-tab-${tab.id}`}
              aria-selected={tab.id === active.id}
              aria-controls="query-panel"
              aria-keyshortcuts="Delete"
              tabIndex={tab.id === active.id ? 0 : -1}
              title={tab.text}
              className={classes.tabName}
              onClick={() => select(tab.id)}
              onKeyDown={(event) => onKey(event, tab)}
              onAuxClick={() => close(tab.id)}
            >
              <span className={classes.tabTitle}>{titleOf(tab)}</span>
              {tabs.length > 1 && (
                // For the mouse; the keyboard has Delete, and a button in a tab would be neither.
                <span
                  aria-hidden="true"
                  className={classes.tabClose}
                  onClick={(event) => {
                    event.stopPropagation();
                    close(tab.id);
                  }}
                >
                  <IconX size={14} stroke={1.5} />
                </span>
              )}
            </button>
          </div>
        ))}
      </div>
      <ActionIcon aria-label="New query tab" onClick={openEmpty}>
        <IconPlus size={16} stroke={1.5} />
      </ActionIcon>
    </div>
  );
}

function titleOf(tab: QueryTab): string {
  const text = tab.text.trim().replace(/\s+/g, ' ');
  if (text === '') return 'New query';
  return text.length > TITLE_LENGTH ? `${text.slice(0, TITLE_LENGTH - 1)}…` : text;
}

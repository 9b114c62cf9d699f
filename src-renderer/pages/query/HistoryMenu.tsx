import { ActionIcon, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useCall } from '../../ipc/use-call.ts';
import { Empty, Failure } from '../../ui/Notice.tsx';
import { Ago } from '../../ui/TimeText.tsx';
import classes from './QueryPage.module.css';

/** Queries that were run, with a full-text search. */
export function HistoryMenu({ onPick }: { readonly onPick: (query: string) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
      <Popover.Target>
        <Tooltip label="Earlier queries">
          <ActionIcon
            size={36}
            variant="default"
            aria-label="Earlier queries"
            aria-haspopup="dialog"
            onClick={() => setOpened(!opened)}
          >
            <IconHistory size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Earlier queries" p={8} w={560}>
        <History
          onPick={(query) => {
            setOpened(false);
            onPick(query);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function History({ onPick }: { readonly onPick: (query: string) => void }) {
  const [search, setSearch] = useState('');
  const history = useCall('query.history', { search, limit: 100 }, { keepPrevious: true });
  return (
    <>
      <TextInput
        aria-label="Search earlier queries"
        placeholder="Search earlier queries"
        data-autofocus
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className={classes.history}>
        {history.error !== null && <Failure what="The history could not be read." error={history.error} />}
        {history.data?.length === 0 && (
          <Empty title={search === '' ? 'Nothing was run yet' : 'No earlier query has these words'} />
        )}
        {history.data?.map((entry) => (
          <button key={entry.query} type="button" className={classes.historyEntry} onClick={() => onPick(entry.query)}>
            <code>{entry.query}</code>
            <span className="muted">
              <Ago ms={entry.lastRunMs} />
            </span>
          </button>
        ))}
      </div>
    </>
  );
}

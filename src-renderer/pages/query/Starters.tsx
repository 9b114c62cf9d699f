import { useCall } from '../../ipc/use-call.ts';
import { Ago } from '../../ui/TimeText.tsx';
import classes from './QueryPage.module.css';

const EXAMPLES: readonly { readonly query: string; readonly says: string }[] = [
  { query: 'up', says: 'Which targets answer' },
  { query: '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[1m]))', says: 'How busy the processor is' },
  { query: 'node_memory_MemAvailable_bytes', says: 'Memory that is free to use' },
  { query: 'sum by (device) (rate(node_network_receive_bytes_total[1m]))', says: 'What comes in over the network' },
  { query: 'topk(5, scrape_duration_seconds)', says: 'The slowest targets' },
];

/** An empty tab: something that runs, and what was run before. */
export function Starters({ onPick }: { readonly onPick: (query: string) => void }) {
  const history = useCall('query.history', { search: '', limit: 8 });
  return (
    <div className={classes.starters}>
      <section>
        <h2>Try</h2>
        {EXAMPLES.map(({ query, says }) => (
          <button key={query} type="button" className={classes.starter} onClick={() => onPick(query)}>
            <span>{says}</span>
            <code>{query}</code>
          </button>
        ))}
      </section>
      {history.data !== undefined && history.data.length > 0 && (
        <section>
          <h2>Run before</h2>
          {history.data.map((entry) => (
            <button key={entry.query} type="button" className={classes.starter} onClick={() => onPick(entry.query)}>
              <span className="muted">
                <Ago ms={entry.lastRunMs} />
              </span>
              <code>{entry.query}</code>
            </button>
          ))}
        </section>
      )}
    </div>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CallName, Topic } from '../../shared/contract.ts';
import { useEngine } from './engine-context.tsx';

const CALLS_OF_TOPIC: Readonly<Record<Topic, readonly CallName[]>> = {
  targets: ['targets.list', 'status.get'],
  alerts: ['alerts.list', 'status.get'],
  silences: ['silences.list', 'alerts.list', 'silences.preview'],
  config: ['config.get', 'status.get', 'targets.list', 'alerts.list'],
  status: ['status.get'],
};

/** Changes come in bursts (each scrape is one): a topic is asked again at most so often. */
const QUIET_MS = 400;

/** Asks again for what the engine says has changed, and passes on where the user asked to go. */
export function useEngineEvents(open: (path: string) => void): void {
  const engine = useEngine();
  const cache = useQueryClient();
  useEffect(() => {
    const due = new Map<Topic, ReturnType<typeof setTimeout>>();
    const refresh = (topic: Topic) => {
      due.delete(topic);
      for (const name of CALLS_OF_TOPIC[topic]) void cache.invalidateQueries({ queryKey: [name] });
    };
    const undo = engine.subscribe((event) => {
      if (event.kind === 'open') open(event.path);
      else if (!due.has(event.topic)) due.set(event.topic, setTimeout(refresh, QUIET_MS, event.topic));
    });
    return () => {
      undo();
      for (const timer of due.values()) clearTimeout(timer);
    };
  }, [engine, cache, open]);
}

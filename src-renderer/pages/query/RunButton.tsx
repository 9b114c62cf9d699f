import { Button } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { readableDuration } from '../../format/duration.ts';
import type { QueryRun } from './use-query-run.ts';

const SHOW_TIME_MS = 400;
const SHOW_CANCEL_MS = 1000;

/** Run; after 0.4 s it says for how long it has been running, after 1 s it stops it. */
export function RunButton({ run, onRun }: { readonly run: QueryRun; readonly onRun: () => void }) {
  const elapsedMs = useElapsed(run.running, run.startedMs);
  if (run.running && elapsedMs >= SHOW_CANCEL_MS)
    return (
      <Button
        w={136}
        h={36}
        variant="default"
        onClick={run.cancel}
        leftSection={<IconPlayerStop size={16} stroke={1.5} />}
      >
        Cancel {readableDuration(Math.floor(elapsedMs / 100) * 100)}
      </Button>
    );
  return (
    <Button w={136} h={36} onClick={onRun} leftSection={<IconPlayerPlay size={16} stroke={1.5} />}>
      {run.running && elapsedMs >= SHOW_TIME_MS ? readableDuration(Math.floor(elapsedMs / 100) * 100) : 'Run'}
    </Button>
  );
}

function useElapsed(running: boolean, startedMs: number): number {
  const [elapsedMs, setElapsedMs] = useState(0);
  useEffect(() => {
    setElapsedMs(0);
    if (!running) return;
    const timer = setInterval(() => setElapsedMs(performance.now() - startedMs), 100);
    return () => clearInterval(timer);
  }, [running, startedMs]);
  return elapsedMs;
}

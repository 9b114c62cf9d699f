import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Status } from '../../shared/status.ts';
import { formatValue } from '../format/unit.ts';
import { useCall } from '../ipc/use-call.ts';
import { StateShape } from '../ui/StateMark.tsx';
import classes from './StatusBar.module.css';

/** What Hearth watches and what that costs, always in sight. */
export function StatusBar() {
  const status = useCall('status.get', {}, { refetchMs: 5000 });
  const targets = useCall('targets.list', {});
  const cpu = useCpuShare(status.data);
  const down = targets.data?.targets.some((target) => target.state === 'down') ?? false;
  if (status.data === undefined) return <footer className={classes.bar} />;
  const { targetsUp, targetsTotal, headSeries, samplesPerSecond, storageBytes, residentBytes, version } = status.data;
  return (
    <footer className={classes.bar}>
      <Link to="/targets" className={classes.item}>
        <StateShape mark={down ? 'down' : targetsUp === targetsTotal ? 'ok' : 'pending'} size={10} />
        {targetsUp}/{targetsTotal} up
      </Link>
      <span className={classes.item}>{formatValue(headSeries, 'none', 3)} series</span>
      <span className={classes.item}>{formatValue(samplesPerSecond, 'none', 3)} samples/s</span>
      <span className={classes.item}>{formatValue(storageBytes, 'bytes', 3)} on disk</span>
      <span className={classes.spacer} />
      <span className={classes.item} title="Processor time of Hearth itself, as a share of one core">
        {cpu === null ? '–' : formatValue(cpu, 'ratio', 2)} CPU
      </span>
      <span className={classes.item} title="Resident memory of Hearth itself">
        {formatValue(residentBytes, 'bytes', 3)} memory
      </span>
      <span className={classes.item}>Hearth {version}</span>
    </footer>
  );
}

/** CPU seconds used since the status before this one, as a share of one core. */
function useCpuShare(status: Status | undefined): number | null {
  const [last, setLast] = useState<{ status: Status; share: number | null } | null>(null);
  useEffect(() => {
    if (status === undefined) return;
    setLast((before) => {
      if (before === null) return { status, share: null };
      const elapsedSec = (status.nowMs - before.status.nowMs) / 1000;
      if (elapsedSec < 2) return before;
      return { status, share: Math.max(0, (status.cpuSeconds - before.status.cpuSeconds) / elapsedSec) };
    });
  }, [status]);
  return last?.share ?? null;
}

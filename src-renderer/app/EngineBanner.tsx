import { Link, useLocation } from '@tanstack/react-router';
import { EngineError } from '../ipc/engine-error.ts';
import { useCall } from '../ipc/use-call.ts';
import { StateShape } from '../ui/StateMark.tsx';
import classes from './EngineBanner.module.css';

/** What everybody must know, whatever page they are on: the engine is away, a port was taken, a file was refused. */
export function EngineBanner() {
  const atHome = useLocation({ select: (location) => location.pathname === '/' });
  const status = useCall('status.get', {}, { refetchMs: 5000 });
  // One failed call may be a blink; the second says that it is away.
  const away = status.error ?? (status.failureCount > 1 ? status.failureReason : null);
  if (away instanceof EngineError && away.kind === 'unavailable')
    return (
      <div className={classes.banner} data-mark="critical" role="alert">
        <StateShape mark="critical" />
        <span>The engine does not answer. What you see may be old; it is asked again every few seconds.</span>
      </div>
    );
  const problems = status.data?.configProblems ?? [];
  const [first] = problems;
  const moved = (status.data?.faces ?? []).filter((face) => face.url !== '' && face.wantedPort !== 0);
  return (
    <>
      {first !== undefined && (
        <div className={classes.banner} data-mark="warning" role="status">
          <StateShape mark="warning" />
          <span>
            <code>
              {first.file}:{first.line}:{first.column}
            </code>{' '}
            was refused: {first.reason}.{' '}
            {first.running === 'last-good' ? 'The last good configuration is in force.' : 'The defaults are in force.'}
            {problems.length > 1 && ` (and ${problems.length - 1} more)`}
          </span>
          {!atHome && <Link to="/">Show on Home</Link>}
        </div>
      )}
      {moved.map((face) => (
        <div key={face.name} className={classes.banner} data-mark="warning" role="status">
          <StateShape mark="warning" />
          <span>
            Port {face.wantedPort} was taken: the {face.name} address is <code>{face.url}</code>.
          </span>
        </div>
      ))}
    </>
  );
}

import { useSyncExternalStore } from 'react';
import { clockTime, isoTime, relativeTime } from '../format/time.ts';

function subscribe(listener: () => void): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) listener();
  }, 1000);
  return () => clearInterval(timer);
}

function thisSecond(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}

/** The time now, to the second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, thisSecond);
}

/** `12 s ago`, the exact time on hover. */
export function Ago({ ms }: { readonly ms: number }) {
  return (
    <time dateTime={isoTime(ms)} title={isoTime(ms)}>
      {relativeTime(ms, useNow())}
    </time>
  );
}

/** Clock time and how far that is from now, together. */
export function Moment({ ms }: { readonly ms: number }) {
  const now = useNow();
  return (
    <time dateTime={isoTime(ms)} title={isoTime(ms)}>
      {clockTime(ms, now)} <span className="muted">· {relativeTime(ms, now)}</span>
    </time>
  );
}

/** Sends one notification until it is taken, cannot be, or time is up (notify/notify.go RetryStage). */
import type { Clock } from '../../model/clock.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import type { Integration, Notification, ReceiverData } from '../notification.ts';

const FIRST_PAUSE_MS = 500;
const GROWTH = 1.5;
const JITTER = 0.5;
const LONGEST_PAUSE_MS = 60_000;

export interface DeliveryWorld {
  readonly clock: Clock;
  /** 0 <= n < 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Called for each try that failed. */
  readonly failed: (error: DeliveryError) => void;
}

/** Resolves to what is to be noted with it. Throws DeliveryError when it was not taken. */
export async function deliver(
  integration: Integration,
  notification: Notification,
  world: DeliveryWorld,
): Promise<ReceiverData | undefined> {
  const where = `${notification.receiver}/${integration.name}[${integration.index}]`;
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempts = 1; ; attempts++) {
    if (world.signal.aborted) throw givenUp(where, attempts - 1, null);
    const { error, noted } = await attempt(integration, notification, world.signal);
    if (error === null) return noted;
    world.failed(error);
    if (!error.retry) {
      const text = `${where}: notify retry canceled due to unrecoverable error after ${attempts} attempts: ${error.message}`;
      throw new DeliveryError(text, false, error.reason);
    }
    await pause(world, pauseMs * (1 - JITTER + 2 * JITTER * world.random()));
    if (world.signal.aborted) throw givenUp(where, attempts, error);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH);
  }
}

function givenUp(where: string, attempts: number, last: DeliveryError | null): DeliveryError {
  const why = last === null ? 'context done' : last.message;
  const text = `${where}: notify retry canceled after ${attempts} attempts: ${why}`;
  return new DeliveryError(text, true, last?.reason ?? 'contextDeadlineExceeded');
}

async function attempt(
  integration: Integration,
  notification: Notification,
  signal: AbortSignal,
): Promise<{ readonly error: DeliveryError | null; readonly noted: ReceiverData | undefined }> {
  try {
    return { error: null, noted: await integration.notify(notification, signal) };
  } catch (error) {
    const known = error instanceof DeliveryError ? error : new DeliveryError(messageOf(error), false);
    return { error: known, noted: undefined };
  }
}

/** Until the time is over or the signal comes. */
function pause({ clock, signal }: DeliveryWorld, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done);
  });
}

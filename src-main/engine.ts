/** The engine: composes the parts, serves the port, stops. Entry of its thread, where it has one of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineOptions, EnginePort, FromEngine, ToEngine } from './api/engine-port.ts';
import { compose, type Engine } from './compose.ts';
import { createLogger } from './logger.ts';
import { systemClock } from './model/clock.ts';

export async function serve(port: EnginePort, options: EngineOptions): Promise<void> {
  const logger = createLogger({ level: options.logLevel, format: options.logFormat });
  const post = (message: FromEngine, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, [...transfer]);
  let isLeaving = false;
  const leave = () => {
    if (isLeaving) return;
    isLeaving = true;
    post({ kind: 'stopped' });
    port.close();
  };
  const stop = (running: Engine) =>
    running
      .stop()
      .catch((error: unknown) => logger.error({ err: error }, 'Hearth did not stop cleanly'))
      .then(leave);
  const pending: ToEngine[] = [];
  let engine: Engine | null = null;

  const handle = (message: ToEngine) => {
    if (engine === null) {
      pending.push(message);
      return;
    }
    switch (message.kind) {
      case 'stop':
        void stop(engine);
        return;
      default:
        engine.receive(message);
    }
  };
  port.on('message', handle);
  process.on('unhandledRejection', (reason) =>
    logger.error({ err: reason }, 'a promise was rejected and nobody looked'),
  );

  try {
    engine = await compose(options, { logger, clock: systemClock, post, requestStop: () => handle({ kind: 'stop' }) });
  } catch (error) {
    logger.error({ err: error }, 'Hearth could not start');
    post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    leave();
    return;
  }
  for (const message of pending) handle(message);
}

if (parentPort !== null) void serve(parentPort, workerData);

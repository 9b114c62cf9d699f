import { Worker } from 'node:worker_threads';
import type { EngineOptions, FromEngine, ToEngine } from './api/engine-port.ts';

/** All isolates of a process share 4 GiB of V8 heap; samples live outside it. */
const HEAP_LIMIT_MIB = 2048;

export interface EngineThread {
  send(message: ToEngine): void;
  /** Ends the thread without asking it to stop first. */
  terminate(): Promise<void>;
}

/** Starts the engine on its own thread. `onExit` gets the reason when it ended without 'stopped' having been said. */
export function startEngineThread(
  options: EngineOptions,
  onMessage: (message: FromEngine) => void,
  onExit: (reason: string) => void,
): EngineThread {
  const worker = new Worker(new URL('./engine.js', import.meta.url), {
    workerData: options,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MIB },
  });
  let stopped = false;
  let reason = '';
  worker.on('message', (message: FromEngine) => {
    if (message.kind === 'stopped') stopped = true;
    onMessage(message);
  });
  worker.on('error', (error) => {
    reason = error.stack ?? error.message;
  });
  worker.on('exit', (code) => {
    if (!stopped) onExit(reason === '' ? `the engine thread ended with code ${code}` : reason);
  });
  return {
    send: (message) => worker.postMessage(message),
    terminate: async () => {
      stopped = true;
      await worker.terminate();
    },
  };
}

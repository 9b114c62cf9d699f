/** Keeps one engine running: starts it, starts it again when it crashed, stops it within a time limit. */
import type { FromEngine, ToEngine } from '../api/engine-port.ts';

export interface RunningEngine {
  send(message: ToEngine): void;
  terminate(): Promise<void>;
}
/** `onExit` is called when the engine ended without having said 'stopped'. */
export type StartEngine = (onMessage: (message: FromEngine) => void, onExit: (reason: string) => void) => RunningEngine;

export interface SupervisorEvents {
  readonly onMessage: (message: FromEngine) => void;
  /** A new engine took the place of a crashed one; ports of the old one are dead. */
  readonly onRestart: (reason: string) => void;
  /** It crashed again and again, and is left alone. */
  readonly onGiveUp: (reason: string) => void;
}

/** Waits before the first, second and third restart; a fourth crash within the window gives up. */
const BACKOFF_MS = [500, 2000, 5000];
const CRASH_WINDOW_MS = 5 * 60_000;
const STOP_LIMIT_MS = 20_000;

export class EngineSupervisor {
  readonly #startEngine: StartEngine;
  readonly #events: SupervisorEvents;
  readonly #now: () => number;
  #engine: RunningEngine | null = null;
  #crashes: number[] = [];
  #restart: NodeJS.Timeout | null = null;
  #stopping: Promise<void> | null = null;
  #onStopped: (() => void) | null = null;

  constructor(startEngine: StartEngine, events: SupervisorEvents, now: () => number) {
    this.#startEngine = startEngine;
    this.#events = events;
    this.#now = now;
  }

  start(): void {
    if (this.#stopping !== null || this.#engine !== null) return;
    this.#engine = this.#startEngine(
      (message) => this.#receive(message),
      (reason) => this.#crashed(reason),
    );
  }

  /** Messages to an engine that is not there are dropped: it is told anew what it must know when it is back. */
  send(message: ToEngine): void {
    this.#engine?.send(message);
  }

  /** Resolves when the engine has stopped, or was ended because it took too long. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    const engine = this.#engine;
    if (engine === null) return;
    let limit: NodeJS.Timeout | null = null;
    await new Promise<void>((resolve) => {
      this.#onStopped = resolve;
      limit = setTimeout(resolve, STOP_LIMIT_MS);
      engine.send({ kind: 'stop' });
    });
    if (limit !== null) clearTimeout(limit);
    await engine.terminate();
    this.#engine = null;
  }

  #receive(message: FromEngine): void {
    this.#events.onMessage(message);
    if (message.kind === 'stopped') {
      if (this.#stopping === null) this.#engine = null;
      this.#onStopped?.();
    }
  }

  #crashed(reason: string): void {
    if (this.#stopping !== null) {
      this.#onStopped?.();
      return;
    }
    this.#engine = null;
    const now = this.#now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    const wait = BACKOFF_MS[this.#crashes.length - 1];
    if (wait === undefined) {
      this.#crashes = [];
      this.#events.onGiveUp(reason);
      return;
    }
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.start();
      this.#events.onRestart(reason);
    }, wait);
  }
}

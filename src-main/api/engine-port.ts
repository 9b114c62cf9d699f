/** Messages between the engine thread and whoever started it (the shell, or headless.ts). */
import type { ServerFrame } from '../../shared/contract.ts';
import type { DesktopNotification } from '../../shared/desktop-notification.ts';
import type { Face } from '../../shared/status.ts';

/** The two versions of remote write, by their protobuf messages. */
export const WRITE_MESSAGES = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] as const;
export type WriteMessage = (typeof WRITE_MESSAGES)[number];

/** Everything the engine is told at its start (workerData). Paths are absolute. */
export interface EngineOptions {
  readonly version: string;
  /** Where Hearth keeps what is not a sample: hearth.db, and the starter configuration files. */
  readonly userDataDir: string;
  /** null: `<userDataDir>/prometheus.yml`, written with comments when there is none. */
  readonly configFile: string | null;
  readonly alertmanagerConfigFile: string | null;
  /** Prometheus's `--storage.tsdb.path`. */
  readonly tsdbDir: string;
  /** `host:port`; '' turns the face off. */
  readonly listen: { readonly prometheus: string; readonly alertmanager: string; readonly pushgateway: string };
  /** On a taken port: true takes the next free one and says so; false refuses to start. */
  readonly nextFreePort: boolean;
  readonly enableLifecycle: boolean;
  readonly enableAdminApi: boolean;
  readonly enableRemoteWriteReceiver: boolean;
  readonly remoteWriteMessages: readonly WriteMessage[];
  /** Prometheus's `--storage.remote.read-*`; Infinity: no limit. */
  readonly remoteRead: {
    readonly maxSamples: number;
    readonly maxConcurrent: number;
    readonly maxFrameBytes: number;
  };
  /** Built page of the window, served at `/`. */
  readonly pageDir: string;
  /** Alertmanager's `--dispatch.start-delay`. */
  readonly dispatchStartDelayMs: number;
  /** Towards the Alertmanagers of prometheus.yml. */
  readonly notifier: { readonly queueCapacity: number; readonly batchSize: number };
  /** Prometheus's `--rules.alert.*`. */
  readonly ruleTiming: {
    readonly outageToleranceMs: number;
    readonly forGracePeriodMs: number;
    readonly resendDelayMs: number;
  };
  readonly queryMaxSamples: number;
  readonly queryTimeoutMs: number;
  readonly queryLookbackMs: number;
  readonly queryMaxConcurrency: number;
  readonly minBlockDurationMs: number;
  readonly maxBlockDurationMs: number;
  /** 0: by size only, or for ever. */
  readonly retentionMs: number;
  readonly retentionBytes: number;
  /** '' where none is given: the Prometheus face's own address. */
  readonly externalUrl: string;
  /** `--enable-feature`, as given. */
  readonly features: readonly string[];
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'logfmt' | 'json';
  /** Flags as given, name to value: /api/v1/status/flags. */
  readonly flags: Readonly<Record<string, string>>;
  /** Whether desktop notifications can be shown by who started the engine. */
  readonly hasDesktop: boolean;
}

export type ToEngine =
  | { readonly kind: 'client-open'; readonly client: number }
  | { readonly kind: 'client-frame'; readonly client: number; readonly frame: unknown }
  | { readonly kind: 'client-close'; readonly client: number }
  | { readonly kind: 'reload' }
  /** The computer goes to sleep / wakes up. */
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  /** What became of `show`: '' or the reason why it was not shown. */
  | { readonly kind: 'show-outcome'; readonly id: string; readonly error: string }
  | { readonly kind: 'stop' };

export type FromEngine =
  | { readonly kind: 'ready'; readonly faces: readonly Face[] }
  | { readonly kind: 'client-frame'; readonly client: number; readonly frame: ServerFrame }
  | { readonly kind: 'show'; readonly notification: DesktopNotification }
  /** For the tray: counts of what is firing. */
  | { readonly kind: 'problems'; readonly critical: number; readonly warning: number; readonly targetsDown: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'stopped' };

/** What the engine needs of a MessagePort, or of whoever runs it on its own thread. */
export interface EnginePort {
  postMessage(message: FromEngine, transfer: ArrayBuffer[]): void;
  on(event: 'message', listener: (message: ToEngine) => void): void;
  close(): void;
}

/** `transfer`: memory that goes over with the message instead of being copied. */
export type Post = (message: FromEngine, transfer?: readonly ArrayBuffer[]) => void;

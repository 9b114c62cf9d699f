/** A socket on which a process of this user waits for connections, from this machine at least. */
export interface Listener {
  /** Tells one process's socket from the next one's on the same port. */
  readonly id: string;
  readonly port: number;
  /** Where to reach it: `127.0.0.1` or `[::1]`. */
  readonly host: string;
  readonly pid: number;
  /** The executable's name without folder: `node`, `java`, `prometheus`. */
  readonly executable: string;
  /** The command line's words; empty where they cannot be read. */
  readonly command: readonly string[];
  /** The process's working folder; '' where it cannot be read. */
  readonly folder: string;
}

/** Lists the listeners of now. Throws where the system has no way that Hearth knows. */
export type ListListeners = () => Promise<readonly Listener[]>;

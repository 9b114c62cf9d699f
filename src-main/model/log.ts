type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What rooms know of logging; the composition hands them a pino logger bound to their name. */
export interface Logger {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

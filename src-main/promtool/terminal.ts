/** Where a command writes. */
export interface Terminal {
  /** Standard output; resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** One line on standard error. */
  readonly complain: (line: string) => void;
}

export const processTerminal: Terminal = {
  write: async (text) => {
    if (process.stdout.write(text)) return;
    await new Promise<void>((resolve) => {
      process.stdout.once('drain', resolve);
    });
  },
  complain: (line) => {
    process.stderr.write(`${line}\n`);
  },
};

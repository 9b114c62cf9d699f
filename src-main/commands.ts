/** Command line tools beside the engine. Each resolves to its exit code. */
type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = {};

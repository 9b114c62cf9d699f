/** What the launch scripts tell the user while they work: one line a step, on stderr, so that stdout stays the program's own. */
const startedMs = performance.now();

export function say(text: string): void {
  process.stderr.write(`hearth: ${text}\n`);
}

export function secondsSinceStart(): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}

/** Seconds that `work` took, for a progress line. */
export async function timed<T>(work: () => Promise<T>): Promise<readonly [T, string]> {
  const before = performance.now();
  const value = await work();
  return [value, `${((performance.now() - before) / 1000).toFixed(1)} s`];
}

/** An expected refusal: printed without a stack, and the script ends with status 1. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/**
 * Runs a launch script and exits with its status; what it throws becomes a line. Exits at once: libraries that hook the
 * end of the process (electron-builder's) would make the status 0. null: the process lives on and ends by itself.
 */
export async function launch(script: () => Promise<number | null>): Promise<void> {
  let status: number | null;
  try {
    status = await script();
  } catch (error) {
    const text = error instanceof LaunchError ? error.message : reasonWithStack(error);
    process.stderr.write(`hearth: ${text}\n`);
    status = 1;
  }
  if (status !== null) process.exit(status);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function reasonWithStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

import { Random } from './mutate.ts';

/** `FUZZ_SECONDS` for each target, and `FUZZ_SEED` to begin with: `npm run fuzz -- --seconds=60 --seed=7`. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 1);
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);
/** No input may hold a reader for longer, or make it take more memory. Generous: other work shares the machine. */
const MAX_RUN_MS = 5000;
const MAX_GROWTH_BYTES = 400 * 1024 * 1024;

/** How long a test of one target may take. */
export const FUZZ_TIMEOUT_MS = SECONDS * 1000 + 60_000;

/** Runs `once` on one seed after the other until the time is over. Throws what it throws, with the seed. */
export async function fuzz(once: (random: Random) => void | Promise<void>): Promise<void> {
  const endMs = performance.now() + SECONDS * 1000;
  let seed = FIRST_SEED;
  for (; performance.now() < endMs; seed++) {
    const startMs = performance.now();
    const before = memoryBytes();
    try {
      await once(new Random(seed));
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const tookMs = performance.now() - startMs;
    if (tookMs > MAX_RUN_MS) throw new Error(`seed ${seed} took ${Math.round(tookMs)} ms`);
    const grown = memoryBytes() - before;
    if (grown > MAX_GROWTH_BYTES) throw new Error(`seed ${seed} took ${grown} bytes of memory`);
  }
}

/** Asked for, whether touched or not. */
function memoryBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

type Kind = abstract new (...args: never[]) => Error;

/** Whether `action` ended well; false when it refused with one of the kinds. Any other error goes through. */
export function endsWell(action: () => void, refusals: readonly Kind[]): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (refusals.some((kind) => error instanceof kind)) return false;
    throw error;
  }
}

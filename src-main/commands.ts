import { runPromqlTest } from './promql/test-script/promqltest.ts';

/** Command line tools beside the engine. Each resolves to its exit code. */
type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = { test };

async function test([what, ...files]: readonly string[]): Promise<number> {
  if (what !== 'promql' || files.length === 0) {
    process.stderr.write('Usage: hearth test promql FILE...\n');
    return 2;
  }
  const { failed } = await runPromqlTest(files);
  return failed === 0 ? 0 : 1;
}

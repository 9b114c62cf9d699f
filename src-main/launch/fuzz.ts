/** `npm run fuzz -- [--seconds=60] [--seed=7]`: the fuzz targets of the storage, each for so long, from that seed on. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { repository } from './places.ts';
import { launch } from './say.ts';

await launch(async () => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
  });
  const { status } = await runCommand(
    path.join(repository, 'node_modules', '.bin', 'vitest'),
    ['run', '.fuzz.test.ts'],
    {
      cwd: repository,
      show: true,
      env: { ...process.env, FUZZ_SECONDS: values.seconds, FUZZ_SEED: values.seed },
    },
  );
  return status;
});

/** The real Prometheus on a directory of tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Serves `dir` while `action` runs; returns what was logged. */
export async function runPrometheus(
  dir: string,
  config: string,
  action: (url: string) => Promise<void>,
  flags: readonly string[] = [],
): Promise<string> {
  const file = path.join(dir, '..', `${path.basename(dir)}.yml`);
  fs.writeFileSync(file, config);
  const port = await freePort();
  const child = spawn('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${dir}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--storage.tsdb.retention.time=100y',
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
    ...flags,
  ]);
  let log = '';
  child.stderr.on('data', (data) => {
    log += data;
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let i = 0; i < 200; i++) {
      const isReady = await fetch(`${url}/-/ready`).then(
        (r) => r.ok,
        () => false,
      );
      if (isReady) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await action(url);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    fs.rmSync(file, { force: true });
  }
  return log;
}

/**
 * `npm run` hands a signal to the shell between it and us, and that shell ends without handing it on. A script that
 * lasts notices that it was left behind, and ends as if it had got the signal itself.
 */
const LOOK_EVERY_MS = 200;

export function endWithNpm(): void {
  if (process.platform === 'win32' || process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  look.unref();
}

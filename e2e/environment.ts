/** What launch/e2e.ts tells the tests. */
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '..');

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with \`npm run e2e\``);
  return value;
}

/** The Electron to use, and the application's folder for it. */
export const electronProgram = told('HEARTH_E2E_ELECTRON');
export const applicationDir = told('HEARTH_E2E_APPLICATION');
/** The packaged application; '' where it was left out. */
export const packagedProgram = told('HEARTH_E2E_PACKAGED');
export const electronSwitches = told('HEARTH_E2E_SWITCHES')
  .split(' ')
  .filter((part) => part !== '');
export const screenshotDir = path.join(repository, 'test-results', 'screenshots');

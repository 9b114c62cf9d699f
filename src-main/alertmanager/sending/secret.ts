import { readFile } from 'node:fs/promises';
import type { Secret } from '../../config/receivers/integration-section.ts';
import { DeliveryError, messageOf } from '../errors.ts';

/** The text of a secret; a file is read anew each time, without the white space around. Throws DeliveryError. */
export async function secretText(secret: Secret): Promise<string> {
  if (secret.kind === 'text') return secret.text;
  try {
    return (await readFile(secret.path, 'utf8')).trim();
  } catch (error) {
    throw new DeliveryError(`could not read ${secret.path}: ${messageOf(error)}`, false);
  }
}

import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * The files in which Linux tells about itself. They are made by the kernel on reading, in microseconds: waiting for
 * a thread of the pool would take longer than reading them here.
 */
export class SystemFiles {
  readonly proc: string;
  readonly sys: string;
  readonly etc: string;

  constructor(folders: { readonly proc: string; readonly sys: string; readonly etc: string }) {
    this.proc = folders.proc;
    this.sys = folders.sys;
    this.etc = folders.etc;
  }

  /** The text of a file below /proc. Throws when there is none: a collector without its file has failed. */
  procText(name: string): string {
    return readFileSync(path.join(this.proc, name), 'utf8');
  }

  procLines(name: string): readonly string[] {
    return lines(this.procText(name));
  }

  /** The trimmed text of a file, or '' when it cannot be read: many properties are there only on some machines. */
  text(file: string): string {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      return '';
    }
  }

  /** The number in a file, decimal or `0x`; NaN when there is none. */
  number(file: string): number {
    const text = this.text(file);
    return text === '' ? Number.NaN : Number(text);
  }

  /** The names in a folder, sorted; none when it is not there. */
  names(folder: string): readonly string[] {
    try {
      return readdirSync(folder).sort();
    } catch {
      return [];
    }
  }

  /** Where a link leads, or ''. */
  link(file: string): string {
    try {
      return readlinkSync(file);
    } catch {
      return '';
    }
  }

  /** The last element of the real path, or ''. */
  realName(file: string): string {
    try {
      return path.basename(realpathSync(file));
    } catch {
      return '';
    }
  }
}

export function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

export function words(line: string): readonly string[] {
  return line.trim().split(/\s+/);
}

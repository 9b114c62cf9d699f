/** Another process has the directory open. */
export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
}

/** The write-ahead log could not be written; nothing of the batch is stored. */
export class WalWriteError extends Error {
  override readonly name = 'WalWriteError';
}

/** The storage is being closed; nothing was done. */
export class ClosingError extends Error {
  override readonly name = 'ClosingError';
}

/** Bytes on disk are not what their format or checksum says. The message names the place. */
export class CorruptionError extends Error {
  override readonly name = 'CorruptionError';
}

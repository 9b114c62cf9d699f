/** The database cannot be used: it could be neither opened nor set aside. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

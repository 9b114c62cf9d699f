interface Count {
  readonly handler: string;
  readonly code: string;
  value: number;
}

/** Requests by the route that answered and the status. Routes are few, so this is bounded; unknown paths count as one. */
export class RequestCounts {
  readonly #counts = new Map<string, Count>();

  /** `route`: the pattern that matched; undefined when none did. */
  add(route: string | undefined, status: number): void {
    const handler = route ?? '/*';
    const code = String(status);
    const key = `${code} ${handler}`;
    const known = this.#counts.get(key) ?? { handler, code, value: 0 };
    known.value++;
    this.#counts.set(key, known);
  }

  *readings(): Generator<[labels: { readonly handler: string; readonly code: string }, value: number]> {
    for (const { handler, code, value } of this.#counts.values()) yield [{ handler, code }, value];
  }
}

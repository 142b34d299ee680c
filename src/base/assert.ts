/** What is thrown when otafleet itself is wrong. A run that meets one stops with exit code 1. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

/**
 * Checks an invariant of our own code, always. `sentence` says what should have held, `about` of what: a sentence that
 * is put together at each call would cost more than most checks.
 */
export function assert(condition: boolean, sentence: string, about?: string | number): asserts condition {
  if (!condition) throw new BrokenInvariant(about === undefined ? sentence : `${sentence}: ${about}`);
}

/** Closes a switch over a union: a new member makes the compiler point here. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`a case is missing for ${JSON.stringify(value)}`);
}

/** Colours a text, or leaves it as it is: NO_COLOR and pipes are the caller's business. */
export interface Painter {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** Where a person reads: how to colour, and how wide a line may be. */
export interface Terminal {
  readonly paint: Painter;
  /** From `COLUMNS_MIN` to `COLUMNS`. */
  readonly columns: number;
}

/** No colour at all. */
export const PLAIN_PAINTER: Painter = {
  good: (text) => text,
  bad: (text) => text,
  warn: (text) => text,
  quiet: (text) => text,
  strong: (text) => text,
};

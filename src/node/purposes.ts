/** What a node draws for while it lives (64 to 255; below are the draws at its birth). Counts come from its row. */
export const DRAW = {
  spellGap: 64,
  spellLength: 65,
  autofetchJitter: 66,
  faultByte: 67,
  bootTime: 68,
  /** Whether an image's fault strikes; the count is the version's, and the fault's place in its list. */
  imageFault: 80,
} as const;

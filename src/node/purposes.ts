/** What a node draws for while it lives (64 to 255; below are the draws at its birth). Counts come from its row. */
export const DRAW = {
  spellGap: 64,
  spellLength: 65,
  autofetchJitter: 66,
  faultByte: 67,
  bootTime: 68,
} as const;

/** Whether a slot comes behind another where both have the same time. It must stay so while both have one. */
export type SlotOrder = (slot: number, other: number) => boolean;

/** The smaller number comes first. */
export const bySlot: SlotOrder = (slot, other) => slot > other;

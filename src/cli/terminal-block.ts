/** Lines at the end of a terminal that are rewritten, and where there is room for them. */
import type { createLogUpdate } from "log-update";

/** Shows its text in the place of the last one; `persist` writes what stays above it. */
export type TerminalBlock = ReturnType<typeof createLogUpdate>;

const BLOCK_COLUMNS_MIN = 40;
const BLOCK_ROWS_MIN = 10;

/** The block of a stream; undefined where the stream is to get lines. */
export async function blockOn(stream: NodeJS.WriteStream): Promise<TerminalBlock | undefined> {
  return hasRoom(stream) ? blockOfTerminal(stream) : undefined;
}

/** The block of a stream that is a terminal, whatever its size. */
export async function blockOfTerminal(stream: NodeJS.WriteStream): Promise<TerminalBlock> {
  // Loaded only where somebody looks: it knows the width of every letter, and a script need not wait for that.
  const { createLogUpdate } = await import("log-update");
  return createLogUpdate(stream);
}

/** A terminal that does not know its size, as in a container, or has none to speak of, gets lines. */
function hasRoom({ isTTY, columns, rows }: NodeJS.WriteStream): boolean {
  return isTTY && columns >= BLOCK_COLUMNS_MIN && rows >= BLOCK_ROWS_MIN;
}

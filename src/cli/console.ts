/**
 * Who reads what: people read standard error, programs read standard output. A pipe that is closed on the far side
 * (`otafleet schema | head -1`) is no failure of ours.
 */
import { styleText } from "node:util";
import { type Painter, PLAIN_PAINTER } from "../report/painter.ts";
import { COLUMNS, COLUMNS_MIN } from "../report/text-wrapping.ts";

/** Writes a line for people. */
export function tellPeople(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a text for programs, or for whoever asked for exactly this text. */
export function tellPrograms(text: string): void {
  process.stdout.write(text);
}

/** Lets a run go on when nobody listens any more. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // EIO: the terminal itself is gone.
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}

/**
 * Ends the process once everything is written: `process.exit` alone would cut what a pipe has not taken yet, and
 * waiting for an idle event loop would hang on a socket that someone forgot.
 */
export async function leave(exitCode: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  process.exit(exitCode);
}

/** Columns that a summary may have on a stream: those of its terminal, within reason; as on paper where there is none. */
export function columnsOf({ columns }: Partial<Pick<NodeJS.WriteStream, "columns">>): number {
  // A terminal that does not know its size says 0.
  return columns === undefined || columns === 0 ? COLUMNS : Math.min(COLUMNS, Math.max(COLUMNS_MIN, columns));
}

/** Colours for a stream: none with `--no-color` or NO_COLOR, or where no terminal shows them. */
export function painterOf(stream: NodeJS.WriteStream, wantsColor: boolean): Painter {
  // no-color.org: the variable counts whatever it says, unless it is empty.
  if (!wantsColor || (process.env["NO_COLOR"] ?? "") !== "") return PLAIN_PAINTER;
  const paint =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      styleText(format, text, { stream });
  return {
    good: paint("green"),
    bad: paint("red"),
    warn: paint("yellow"),
    quiet: paint("gray"),
    strong: paint("bold"),
  };
}

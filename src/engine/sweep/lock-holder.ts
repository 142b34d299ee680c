/** Who has the lock of a folder, and whether that process is still there. */
import { hostname } from "node:os";
import { z } from "zod";
import { birthOf, isAlive, numbersOf } from "../live-process.ts";

const HOLDER = z.object({
  pid: z
    .int()
    .min(1)
    .max(2 ** 31),
  host: z.string().max(255),
  /** Within what a number of a process means one process; "" where the system does not say. */
  numbers: z.string().max(200),
  birth: z.string().max(100),
});

/** As it stood in the lock of earlier builds, which was a file; its number told two locks of a process apart. */
const EARLIER_HOLDER = HOLDER.omit({ numbers: true }).extend({ number: z.string().regex(/^[0-9a-f]{8}$/) });

/** As it stands in the lock. */
export type LockHolder = z.infer<typeof HOLDER>;

/** This process. */
export function ownHolder(): LockHolder {
  const { pid } = process;
  return { pid, host: hostname(), numbers: numbersOf(), birth: birthOf(pid) };
}

/** Undefined for what is none. */
export function readHolder(text: string | undefined): LockHolder | undefined {
  return HOLDER.safeParse(parsed(text)).data;
}

/** Of an earlier build's lock; it does not say within what its number means one process. Undefined for what is none. */
export function readEarlierHolder(text: string): LockHolder | undefined {
  const { data } = EARLIER_HOLDER.safeParse(parsed(text));
  return data === undefined ? undefined : { pid: data.pid, host: data.host, numbers: "", birth: data.birth };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/**
 * Whether a process is there, which only its own machine since its start, and its own container, can know. Names tell
 * neither: clones and containers share them. Where the system says no more, the name must do.
 */
export function whetherThere({ pid, host, numbers, birth }: LockHolder): "yes" | "no" | "unknown" {
  const own = ownHolder();
  if (numbers !== own.numbers || (numbers === "" && host !== own.host)) return "unknown";
  if (!isAlive(pid)) return "no";
  const birthNow = birthOf(pid);
  return birth !== "" && birthNow !== "" && birth !== birthNow ? "no" : "yes";
}

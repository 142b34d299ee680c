/** Whether a process of this machine is there, and still the one that wrote its number down: numbers are given anew. */
import { readFileSync, readlinkSync } from "node:fs";

/** Whether a process of this machine lives: what one that is gone has left behind may be taken away. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else may not be asked, but is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Where numbers of processes are those of this one: its machine since that was started, and in it the container, as
 * namespaces(7) has them; "" where the system does not say.
 */
export function numbersOf(): string {
  try {
    return `${bootId()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** What tells a process from every other that has or had its number; "" where the system does not say. */
export function birthOf(pid: number): string {
  try {
    const boot = bootId();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name stands in brackets and may have some in it; the state follows, and 19 fields on the start.
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return /^[ZX]/.test(state) ? `${boot} ended` : `${boot} ${fields[18] ?? ""}`;
  } catch {
    return "";
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

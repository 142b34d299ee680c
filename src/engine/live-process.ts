/** Whether a process of this machine is there, and still the one that wrote its number down: numbers are given anew. */
import { readFileSync } from "node:fs";

/** Whether a process of this machine lives: what one that is gone has left behind may be taken away. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else may not be asked, but is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What tells a process from every other that has or had its number; "" where the system does not say. */
export function birthOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name stands in brackets and may have some in it; the state follows, and 19 fields on the start.
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return /^[ZX]/.test(state) ? `${boot} ended` : `${boot} ${fields[18] ?? ""}`;
  } catch {
    return "";
  }
}

/**
 * Whether this machine has room for a run: files and ports, counted for the worst case, before anything is sent. A
 * run that finds out in its middle would measure its own limit.
 */
import { readFileSync } from "node:fs";
import { howMany } from "../base/how-many.ts";
import { UserError } from "../base/user-error.ts";

/** A node's worst case: its link and one download. */
export const SOCKETS_A_NODE = 2;
/** Files of a process beside the nodes' sockets: the run's folder, pipes, threads, listeners. */
export const FILES_RESERVED = 128;
/** Ports of the range that stay free for the operator and for others. */
const PORTS_RESERVED = 128;

/** What a machine allows; undefined = the system does not tell. */
export interface MachineLimits {
  /** Open files of a process. */
  readonly files: number | undefined;
  /** Ports for connections to one address and port. */
  readonly ports: number | undefined;
}

/** Throws a `UserError` with the largest number of nodes that fits, where `nodes` do not. */
export function checkRoom(nodes: number, limits: MachineLimits = machineLimits()): void {
  const byFiles = roomFor(limits.files, FILES_RESERVED, SOCKETS_A_NODE);
  // Links and downloads go to different ports of the backend, so each has the whole range for itself.
  const byPorts = roomFor(limits.ports, PORTS_RESERVED, 1);
  if (nodes <= byFiles && nodes <= byPorts) return;
  const fits = Math.min(byFiles, byPorts);
  const limit =
    byFiles <= byPorts
      ? `a process may open ${limits.files} files (ulimit -n)`
      : `there are ${limits.ports} ports for connections (net.ipv4.ip_local_port_range)`;
  throw new UserError({
    field: "nodes",
    seen: `is ${nodes}, but ${limit}`,
    expected: `there is room for at most ${howMany(fits, "node")} here, with a link and a download each; raise the limit, or run fewer (-n ${fits})`,
  });
}

/** Reads the limits of this process and machine. */
export function machineLimits(): MachineLimits {
  return {
    files: filesOf(textOf("/proc/self/limits")),
    ports: portsOf(textOf("/proc/sys/net/ipv4/ip_local_port_range")),
  };
}

/** The soft limit in a text like `/proc/self/limits`. */
export function filesOf(text: string): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** Ports in a range such as `32768 60999`. */
export function portsOf(text: string): number | undefined {
  const [first, last] = text.trim().split(/\s+/).map(Number);
  return first === undefined || last === undefined || !(last >= first) ? undefined : last - first + 1;
}

function roomFor(limit: number | undefined, reserved: number, perNode: number): number {
  return limit === undefined ? Infinity : Math.max(0, Math.floor((limit - reserved) / perNode));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // Another system: nothing is known, and nothing is refused.
    return "";
  }
}

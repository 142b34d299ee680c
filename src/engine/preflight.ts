/**
 * Whether this machine has room for a run: files and ports, counted for the worst case, before anything is sent. A
 * run that finds out in its middle would measure its own limit.
 */
import { readFileSync } from "node:fs";
import { howMany } from "../base/how-many.ts";
import { UserError } from "../base/user-error.ts";

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

/** What a run may need at worst. */
export interface RoomNeeded {
  readonly nodes: number;
  /** Nodes that may download at the same moment: each has a second socket. */
  readonly downloads: number;
}

/** How many nodes fit, and what sets the limit. */
export interface Room {
  /** Infinity where the system tells no limit. */
  readonly nodesMax: number;
  readonly because: string;
}

/** The largest fleet of the same make-up that this machine has room for. */
export function roomFor({ nodes, downloads }: RoomNeeded, limits: MachineLimits = machineLimits()): Room {
  const byFiles = fits(limits.files, FILES_RESERVED, 1 + downloads / Math.max(1, nodes));
  // Links and downloads go to different ports of the backend, so each has the whole range for itself.
  const byPorts = fits(limits.ports, PORTS_RESERVED, 1);
  const because =
    byFiles <= byPorts
      ? `a process may open ${limits.files} files (ulimit -n)`
      : `there are ${limits.ports} ports for connections (net.ipv4.ip_local_port_range)`;
  return { nodesMax: Math.min(byFiles, byPorts), because };
}

/** Throws a `UserError` with the largest number of nodes that fits, where a run does not. */
export function checkRoom(needed: RoomNeeded, limits: MachineLimits = machineLimits()): void {
  const { nodesMax, because } = roomFor(needed, limits);
  if (needed.nodes <= nodesMax) return;
  throw new UserError({
    field: "nodes",
    seen: `is ${needed.nodes}, but ${because}`,
    expected: `there is room for at most ${howMany(nodesMax, "node")} here, with a link each and ${crowdText(needed)}; raise the limit, or run fewer (-n ${nodesMax})`,
  });
}

function crowdText({ nodes, downloads }: RoomNeeded): string {
  return downloads >= nodes ? "a download each" : `downloads of ${Math.ceil((100 * downloads) / nodes)} % at once`;
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

function fits(limit: number | undefined, reserved: number, perNode: number): number {
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

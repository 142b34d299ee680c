/** Sockets that die without a word: no network any more, or no power. */
import { NEVER } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import type { NodeRow } from "./node-row.ts";
import { planOutbox } from "./outbox.ts";

export function dropLink(node: NodeRow, why: "network down" | "power", io: Carrier): void {
  const { link } = node;
  const hadSockets = link.isConnected || link.isDialling;
  if (link.isConnected) io.note({ kind: "link lost", why });
  link.isConnected = false;
  link.isDialling = false;
  link.isListening = false;
  link.dialAtUs = NEVER;
  if (hadSockets) io.disconnect();
  planOutbox(node);
}

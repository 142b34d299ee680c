/**
 * What the backend needs of a broker, whoever runs it: `embedded-broker.ts` is its own, `foreign-broker.ts` a client
 * of somebody else's.
 */
import type { NodeNumber } from "../rules/job-plan.ts";
import type { UpTopic } from "./node-topics.ts";

export interface Broker {
  /** Whether a push may reach the node: for a carrier that is not told of links, all but those known to be gone. */
  isOnline(nodeId: string): boolean;
  /** Nodes with a link, as far as the carrier knows. */
  readonly nodesConnected: number;
  /** Sends an offer with QoS 1. A node that is not there or has not subscribed never hears of it, as in the field. */
  offer(nodeId: string, message: string): void;
  close(): Promise<void>;
}

/** Takes what a known node published on a topic of its own; what it returns are offers to the node, once stored. */
export type Hear = (node: NodeNumber, topic: UpTopic, payload: Uint8Array) => readonly string[];

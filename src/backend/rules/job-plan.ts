/** The words in which jobs are planned and told about. */
import type { RecordedBelief } from "../../base/belief.ts";

/** Nodes, images and jobs are known inside by small whole numbers from 0; who has text ids maps them at the edge. */
export type NodeNumber = number;
export type ImageNumber = number;
export type JobNumber = number;

/** `expired`: its timeout is over. `finished`: every target is done with it, see `strictness.ts`. */
export type JobState = "active" | "finished" | "cancelled" | "expired";

/**
 * `default`: served when a node fetches. `force-push`: also sent at creation to the targets that are online.
 * `user-approved`: served to a node only once its user has approved; until then the node is served the jobs behind it.
 */
export type JobTrigger = "default" | "force-push" | "user-approved";

/**
 * Every node whose own words match all that is given, at any time of the job's life: one that comes to match is taken
 * in, one that was taken in stays. Such a job never finishes.
 * Source: published API of RainMaker's cloud, createotajob (node_type, node_model, node_fw_version).
 */
export interface DynamicTargets {
  readonly type?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
}

export interface RulesJobPlan {
  readonly image: ImageNumber;
  /** Repeated numbers count once. `all`: every node that is known at creation. */
  readonly targets: Iterable<NodeNumber> | "all" | DynamicTargets;
  readonly trigger: JobTrigger;
  /** 1 is served first, 10 last; undefined = 5. */
  readonly priority?: number | undefined;
  /** How long after its creation the job expires; undefined = never. */
  readonly timeoutMs?: number | undefined;
}

/** What is on record for one target. */
export interface TargetRecord {
  readonly node: NodeNumber;
  readonly belief: RecordedBelief;
  /** The text of the node's last status; "" where there was none. */
  readonly text: string;
  /** When it changed last: whole seconds since 1970. */
  readonly atSeconds: number;
  /** Whether that time is the node's own. */
  readonly isNodeTime: boolean;
}

/** How many targets are in each state. */
export type BeliefCounts = Readonly<Record<RecordedBelief, number>> & { readonly total: number };

/** The conditions of a plan, where its targets are such. */
export function dynamicOf({ targets }: Pick<RulesJobPlan, "targets">): DynamicTargets | undefined {
  return typeof targets === "string" || Symbol.iterator in targets ? undefined : targets;
}

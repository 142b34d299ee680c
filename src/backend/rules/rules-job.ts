/**
 * One job as the rules hold it: a belief for each of its targets in a typed array over the range of their node
 * numbers, so that a million targets cost a few bytes each and a look-up is one addition.
 */
import { RECORDED_BELIEFS, type RecordedBelief } from "../../base/belief.ts";
import { beliefOfCode, isAbsorbing, NONE, TRIGGERED } from "./belief.ts";

/** Nodes, images and jobs are known inside by small whole numbers from 0; who has text ids maps them at the edge. */
export type NodeNumber = number;
export type ImageNumber = number;
export type JobNumber = number;

/** `expired`: its timeout is over. `finished`: every target is success or rejected. */
export type JobState = "active" | "finished" | "cancelled" | "expired";

export interface RulesJobPlan {
  readonly image: ImageNumber;
  /** Repeated numbers count once. `all`: every node that is known at creation. */
  readonly targets: Iterable<NodeNumber> | "all";
  /** `default`: served when a node fetches. `force-push`: also sent at creation to the targets that are online. */
  readonly trigger: "default" | "force-push";
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

export class RulesJob {
  readonly number: JobNumber;
  readonly image: ImageNumber;
  readonly priority: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  state: JobState = "active";

  /** Node number of the first entry. */
  readonly #from: number;
  readonly #beliefs: Uint8Array;
  readonly #atSeconds: Float64Array;
  readonly #isNodeTime: Uint8Array;
  /** Made at the first text: a virtual run says no texts. */
  #texts: (string | undefined)[] | undefined;
  readonly #counts = new Int32Array(RECORDED_BELIEFS.length);

  constructor(number: JobNumber, plan: RulesJobPlan, targets: Iterable<NodeNumber>, nowMs: number) {
    this.number = number;
    this.image = plan.image;
    this.priority = plan.priority ?? 5;
    this.createdAtMs = nowMs;
    this.expiresAtMs = plan.timeoutMs === undefined ? Infinity : nowMs + plan.timeoutMs;
    const nodes = [...targets];
    let first = Infinity;
    let last = -1;
    for (const node of nodes) {
      if (node < first) first = node;
      if (node > last) last = node;
    }
    this.#from = last < 0 ? 0 : first;
    const span = last < 0 ? 0 : last - first + 1;
    this.#beliefs = new Uint8Array(span);
    this.#atSeconds = new Float64Array(span).fill(Math.floor(nowMs / 1000));
    this.#isNodeTime = new Uint8Array(span);
    for (const node of nodes) {
      if (this.#beliefs[node - this.#from] !== NONE) continue;
      this.#beliefs[node - this.#from] = TRIGGERED;
      this.#count(TRIGGERED, 1);
    }
  }

  /** The belief's code; `NONE` for a node that is no target. */
  codeOf(node: NodeNumber): number {
    const index = node - this.#from;
    // A read outside a typed array is right but slow.
    return index >= 0 && index < this.#beliefs.length ? (this.#beliefs[index] ?? NONE) : NONE;
  }

  set(node: NodeNumber, code: number, atSeconds: number, isNodeTime: boolean): void {
    const index = node - this.#from;
    this.#count(this.#beliefs[index] ?? NONE, -1);
    this.#count(code, 1);
    this.#beliefs[index] = code;
    this.#atSeconds[index] = atSeconds;
    this.#isNodeTime[index] = isNodeTime ? 1 : 0;
  }

  setText(node: NodeNumber, text: string): void {
    if (text === "" && this.#texts === undefined) return;
    this.#texts ??= [];
    this.#texts[node - this.#from] = text;
  }

  /** Whether every target is success or rejected. */
  get isDone(): boolean {
    return this.#counts.every((count, code) => code === NONE || isAbsorbing(code) || count === 0);
  }

  get counts(): BeliefCounts {
    const counts = { total: 0 } as Record<RecordedBelief, number> & { total: number };
    this.#counts.forEach((count, code) => {
      counts[beliefOfCode(code)] = count;
      counts.total += count;
    });
    return counts;
  }

  record(node: NodeNumber): TargetRecord {
    const index = node - this.#from;
    return {
      node,
      belief: beliefOfCode(this.codeOf(node)),
      text: this.#texts?.[index] ?? "",
      atSeconds: this.#atSeconds[index] ?? 0,
      isNodeTime: this.#isNodeTime[index] === 1,
    };
  }

  /** The targets in the order of their numbers, from `fromNode` on. */
  *targets(fromNode: NodeNumber = 0): Generator<NodeNumber> {
    for (let index = Math.max(0, fromNode - this.#from); index < this.#beliefs.length; index++) {
      if (this.#beliefs[index] !== NONE) yield index + this.#from;
    }
  }

  #count(code: number, by: number): void {
    if (code !== NONE) this.#counts[code] = (this.#counts[code] ?? 0) + by;
  }
}

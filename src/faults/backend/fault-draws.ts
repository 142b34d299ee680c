/**
 * Which occasion is hit by which misbehaviour: a hash of (seed, node, point, how many such occasions of the node came
 * before), so that live and virtual backends decide alike, whatever other nodes do. It decides and counts; the effect
 * is its caller's, who says afterwards whether it took place.
 */
import { draw } from "../../base/random.ts";
import type { BackendFault, BackendFaultPlan, BackendTouch } from "./backend-fault.ts";
import type { BackendFaultName } from "./backend-fault-names.ts";
import { backendFaultOf } from "./backend-faults.ts";

/** Beside the purposes of nodes (src/fleet/purposes.ts, src/node/purposes.ts), and never one of theirs. */
const PURPOSE = {
  message: 240,
  offer: 241,
  image: 242,
  "fetch answer": 243,
  "status answer": 244,
  "image answer": 245,
  /** Where in a body. */
  place: 246,
} as const;

/** A draw's count has 24 bits; a node with more occasions begins anew. */
const COUNT_MASK = 0xff_ffff;

/** A point at which occasions come by. */
export type DrawnPoint = "message" | "offer" | "image";
/** A point at which every answer may be late. */
export type AnswerPoint = "fetch answer" | "status answer" | "image answer";
/** What happens to an occasion. */
export type BackendEffect = Extract<BackendTouch, { readonly point: DrawnPoint }>["effect"];

/** A misbehaviour that was drawn for one occasion. */
export interface DrawnFault {
  readonly name: BackendFaultName;
  readonly effect: BackendEffect;
  /** Where in a body it happens, as a share of what is to be sent: inside (0, 1). */
  readonly place: number;
  /** HTTP status; 0 where there is none. */
  readonly status: number;
  /** Wall milliseconds; 0 where nothing lasts. */
  readonly forMs: number;
}

/** How often a misbehaviour was drawn for an occasion, and how often it then took place. */
export interface FaultCount {
  drawn: number;
  fired: number;
}

interface Chance {
  readonly fault: BackendFault;
  /** Sum of the shares of its point up to and with its own. */
  readonly until: number;
  readonly status: number;
  readonly forMs: number;
}

export class BackendFaultDraws<Latency> {
  readonly #firstSeed: number;
  #seed: number;
  #deaths = 0;
  readonly #quantile: (latency: Latency, u: number) => number;
  readonly #chances: Readonly<Record<DrawnPoint, Chance[]>> = { message: [], offer: [], image: [] };
  readonly #latencies = new Map<AnswerPoint, { readonly name: BackendFaultName; readonly latencyUs: Latency }>();
  readonly #occasions = new Map<number, Map<number, number>>();
  readonly #counts = new Map<BackendFaultName, FaultCount>();
  /** Nothing can befall an occasion, so that nobody need look: each message of a node is some. */
  readonly isQuiet: boolean;

  /** @param quantile the value of a distribution below which a share `u` lies; 0 < u < 1 */
  constructor(
    plans: readonly BackendFaultPlan<Latency>[],
    seed: number,
    quantile: (latency: Latency, u: number) => number,
  ) {
    this.#firstSeed = seed;
    this.#seed = seed;
    this.#quantile = quantile;
    for (const plan of plans) {
      const fault = backendFaultOf(plan.name);
      const { point } = fault.touch;
      if (point === "process") continue;
      this.#counts.set(plan.name, { drawn: 0, fired: 0 });
      if (point === "message" || point === "offer" || point === "image") this.#addChance(point, fault, plan);
      else if (plan.kind === "latency") this.#latencies.set(point, plan);
    }
    this.isQuiet = this.#counts.size === 0;
  }

  /** By name; those that a process does as a whole are counted by whoever does them. */
  get counts(): ReadonlyMap<BackendFaultName, Readonly<FaultCount>> {
    return this.#counts;
  }

  /** The backend was killed and came back: what it had counted of occasions is gone, as in a process that died. */
  beginNextLife(): void {
    this.#deaths++;
    this.#seed = seedOfLife(this.#firstSeed, this.#deaths);
    this.#occasions.clear();
  }

  /** What befalls this occasion of a node, if anything does. Each call is an occasion. */
  at(point: DrawnPoint, node: number): DrawnFault | undefined {
    if (this.isQuiet) return undefined;
    const chances = this.#chances[point];
    if (chances.length === 0) return undefined;
    const count = this.#next(PURPOSE[point], node);
    const u = draw(this.#seed, node, PURPOSE[point], count);
    const chance = chances.find(({ until }) => u < until);
    if (chance === undefined) return undefined;
    const { fault, status, forMs } = chance;
    this.#countOf(fault.name).drawn++;
    const place = draw(this.#seed, node, PURPOSE.place, count);
    return { name: fault.name, effect: fault.touch.effect as BackendEffect, place, status, forMs };
  }

  /** How late this answer to a node comes, microseconds of wall time; 0 = at once. It is taken to be so. */
  lateUs(point: AnswerPoint, node: number): number {
    if (this.isQuiet) return 0;
    const late = this.#latencies.get(point);
    if (late === undefined) return 0;
    const us = Math.max(
      0,
      this.#quantile(late.latencyUs, draw(this.#seed, node, PURPOSE[point], this.#next(PURPOSE[point], node))),
    );
    const count = this.#countOf(late.name);
    count.drawn++;
    count.fired++;
    return us;
  }

  /** What was drawn took place. */
  fired(name: BackendFaultName): void {
    this.#countOf(name).fired++;
  }

  #addChance(point: DrawnPoint, fault: BackendFault, plan: BackendFaultPlan<Latency>): void {
    if (plan.kind === "latency" || plan.kind === "outage") return;
    const chances = this.#chances[point];
    chances.push({
      fault,
      until: (chances.at(-1)?.until ?? 0) + plan.share,
      status: plan.kind === "error" ? plan.status : 0,
      forMs: plan.kind === "stall" ? plan.forMs : 0,
    });
  }

  #next(purpose: number, node: number): number {
    let ofPurpose = this.#occasions.get(purpose);
    if (ofPurpose === undefined) this.#occasions.set(purpose, (ofPurpose = new Map()));
    const count = ofPurpose.get(node) ?? 0;
    ofPurpose.set(node, (count + 1) & COUNT_MASK);
    return count;
  }

  #countOf(name: BackendFaultName): FaultCount {
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const count = { drawn: 0, fired: 0 };
    this.#counts.set(name, count);
    return count;
  }
}

/** The seed of a backend that was killed so many times: its draws are counted anew, and must not repeat. */
export function seedOfLife(seed: number, deaths: number): number {
  return (seed ^ Math.imul(deaths, 0x9e37_79b9)) >>> 0;
}

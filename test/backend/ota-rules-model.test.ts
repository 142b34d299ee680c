/**
 * The rules against a second model of them, as plain as it can be: maps and loops, everything looked at each time.
 * Whatever is asked of both, in any order, they give the same answers and believe the same.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordedBelief } from "../../src/base/belief.ts";
import type { DynamicTargets, JobTrigger } from "../../src/backend/rules/job-plan.ts";
import type { NodeFields } from "../../src/backend/rules/known-nodes.ts";
import { OtaRules } from "../../src/backend/rules/ota-rules.ts";
import type { Strictness } from "../../src/backend/rules/strictness.ts";

const NOW = 1_800_000_000_000;

interface Plan {
  readonly targets: readonly number[] | "all" | DynamicTargets;
  readonly trigger: JobTrigger;
  readonly priority: number | undefined;
  readonly timeoutMs: number | undefined;
}

interface NaiveJob extends Plan {
  readonly number: number;
  readonly expiresAtMs: number;
  readonly beliefs: Map<number, RecordedBelief>;
  state: "active" | "finished" | "cancelled" | "expired";
}

class NaiveRules {
  readonly nodes: NodeFields[] = [];
  readonly jobs: NaiveJob[] = [];
  readonly #strict: Strictness;

  constructor(strict: Strictness) {
    this.#strict = strict;
  }

  setNode(node: number, fields: NodeFields, now: number): void {
    this.nodes[node] = fields;
    this.expire(now);
    for (const job of this.jobs) {
      const isTaken = job.state === "active" && isDynamic(job.targets) && matches(fields, job.targets);
      if (isTaken && !job.beliefs.has(node)) job.beliefs.set(node, "triggered");
    }
  }

  create(plan: Plan, now: number, isOnline: (node: number) => boolean): number[] {
    this.expire(now);
    const { targets } = plan;
    const all = this.nodes.map((_, node) => node);
    const named = targets === "all" ? all : isDynamic(targets) ? [] : [...targets];
    const found = isDynamic(targets) ? all.filter((node) => matches(this.nodes[node]!, targets)) : named;
    const beliefs = new Map<number, RecordedBelief>(found.map((node) => [node, "triggered"]));
    const expiresAtMs = plan.timeoutMs === undefined ? Infinity : now + plan.timeoutMs;
    const job: NaiveJob = { ...plan, number: this.jobs.length, expiresAtMs, beliefs, state: "active" };
    this.jobs.push(job);
    const isTimed = this.#strict === "documents" && plan.trigger === "default" && plan.timeoutMs !== undefined;
    return plan.trigger === "force-push" || isTimed ? this.push(job, isOnline) : [];
  }

  push(job: NaiveJob, isOnline: (node: number) => boolean): number[] {
    const nodes = [...job.beliefs.keys()].toSorted((a, b) => a - b);
    const pushTo = nodes.filter((node) => isOnline(node) && this.nextOf(node) === job);
    for (const node of pushTo) job.beliefs.set(node, "started");
    return pushTo;
  }

  nextOf(node: number): NaiveJob | undefined {
    const served = this.jobs.filter((job) => {
      const belief = job.beliefs.get(node);
      if (job.state !== "active" || belief === undefined || this.#isDone(belief)) return false;
      return job.trigger !== "user-approved" || belief !== "triggered";
    });
    return served.toSorted((a, b) => (a.priority ?? 5) - (b.priority ?? 5) || a.number - b.number)[0];
  }

  fetch(node: number, version: string, now: number): number | undefined {
    this.setNode(node, { ...this.nodes[node]!, version }, now);
    const job = this.nextOf(node);
    job?.beliefs.set(node, "started");
    return job?.number;
  }

  status(node: number, job: NaiveJob | undefined, word: string, now: number): string {
    this.expire(now);
    if (job === undefined) return "unknown job";
    const said = { "in-progress": "in-progress", success: "success", failed: "failed", fail: "failed" }[word] ?? word;
    if (!["in-progress", "success", "failed", "delayed", "rejected"].includes(said)) return "unknown status";
    const belief = job.beliefs.get(node);
    if (belief === undefined || (job.trigger === "user-approved" && belief === "triggered")) return "not a target";
    if (job.state === "cancelled" || job.state === "expired" || this.#isDone(belief)) return "late";
    job.beliefs.set(node, said as RecordedBelief);
    const areAllDone = [...job.beliefs.values()].every((one) => this.#isDone(one));
    if (areAllDone && !isDynamic(job.targets)) job.state = "finished";
    return "applied";
  }

  approve(job: NaiveJob, node: number, now: number): boolean {
    this.expire(now);
    const isWaiting = job.state === "active" && job.trigger === "user-approved";
    if (!isWaiting || job.beliefs.get(node) !== "triggered") return false;
    job.beliefs.set(node, "started");
    return true;
  }

  retrigger(job: NaiveJob, now: number, isOnline: (node: number) => boolean): number[] | undefined {
    this.expire(now);
    return job.state !== "active" || job.trigger === "user-approved" ? undefined : this.push(job, isOnline);
  }

  cancel(job: NaiveJob, now: number): boolean {
    this.expire(now);
    if (job.state !== "active") return false;
    job.state = "cancelled";
    return true;
  }

  expire(now: number): void {
    for (const job of this.jobs) if (job.state === "active" && now >= job.expiresAtMs) job.state = "expired";
  }

  #isDone(belief: RecordedBelief): boolean {
    return ["success", "rejected"].includes(belief) || (belief === "failed" && this.#strict === "documents");
  }
}

const NODES = 4;
const anyNode = fc.nat(NODES - 1);
const anyJob = fc.nat(3);
const version = fc.constantFrom("1", "2");
const kind = fc.constantFrom("switch", "plug");
const model = fc.constantFrom("a", "b");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const online = fc.uniqueArray(anyNode);
const word = fc.constantFrom("in-progress", "success", "failed", "fail", "delayed", "rejected", "started", "?");
const plan: fc.Arbitrary<Plan> = fc.record({
  targets: fc.oneof(
    fc.array(anyNode, { maxLength: NODES }),
    fc.constant("all" as const),
    fc.record({ type: maybe(kind), model: maybe(model), version: maybe(version) }),
  ),
  trigger: fc.constantFrom<JobTrigger>("default", "force-push", "user-approved"),
  priority: maybe(fc.integer({ min: 1, max: 10 })),
  timeoutMs: maybe(fc.integer({ min: 1, max: 30 })),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("create" as const), plan, online }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("fetch" as const), node: anyNode, version }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("status" as const), node: anyNode, job: anyJob, word }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("approve" as const), node: anyNode, job: anyJob }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retrigger" as const), job: anyJob, online }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), job: anyJob }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("say" as const), node: anyNode, kind, model, version }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("enrol" as const), kind, model, version }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

test.each(["rainmaker", "documents"] as const)("by the word of %s, both models agree on everything", (strict) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: "max" }), (steps) => {
      const both = pairOf(strict);
      steps.forEach((one, index) => {
        const [told, expected] = play(both, one, NOW + index);
        expect(told).toEqual(expected);
        seen.add(`${one.do}: ${JSON.stringify(told)}`);
        expectSameBeliefs(both, NOW + index);
      });
    }),
    { numRuns: 150 },
  );

  // What was never drawn would prove nothing.
  for (const outcome of ['"late"', '"not a target"', '"unknown job"', '"unknown status"', '"applied"']) {
    expect([...seen]).toContain(`status: ${outcome}`);
  }
  expect([...seen]).toContain("approve: true");
  expect([...seen]).toContain("cancel: true");
  expect([...seen].some((one) => /^retrigger: \[\d/.test(one))).toBe(true);
});

interface Pair {
  readonly rules: OtaRules;
  readonly naive: NaiveRules;
  readonly image: number;
}

function pairOf(strict: Strictness): Pair {
  const pair = { rules: new OtaRules({ strict }), naive: new NaiveRules(strict), image: 0 };
  for (let node = 0; node < NODES; node++) enrol(pair, { project: "p", version: "1", type: "switch", model: "a" }, NOW);
  pair.rules.addImage({ project: "p", version: "2", sizeBytes: 1 });
  return pair;
}

function enrol({ rules, naive }: Pair, fields: NodeFields, now: number): number {
  naive.setNode(naive.nodes.length, fields, now);
  return rules.addNode(fields, now);
}

/** What the rules answer to a step, and what the naive model does. */
function play(pair: Pair, one: Step, now: number): readonly [unknown, unknown] {
  const { rules, naive, image } = pair;
  switch (one.do) {
    case "create": {
      const isOnline = (node: number) => one.online.includes(node);
      const { job, pushTo } = rules.createJob({ ...one.plan, image }, now, isOnline);
      const expected = [naive.jobs.length, naive.create(one.plan, now, isOnline)];
      return [[job, pushTo], expected];
    }
    case "fetch":
      return [rules.answerFetch(one.node, one.version, now), naive.fetch(one.node, one.version, now)];
    case "say": {
      const fields = { project: "p", version: one.version, type: one.kind, model: one.model };
      rules.updateNode(one.node, fields, now);
      naive.setNode(one.node, fields, now);
      return [rules.fieldsOf(one.node), fields];
    }
    case "enrol":
      return [
        enrol(pair, { project: "p", version: one.version, type: one.kind, model: one.model }, now),
        naive.nodes.length - 1,
      ];
    case "status": {
      const job = naive.jobs[one.job];
      const told = rules.takeStatus(one.node, job?.number, one.word, "", undefined, now);
      return [told, naive.status(one.node, job, one.word, now)];
    }
    default:
      return playOnJob(pair, one, now);
  }
}

function playOnJob({ rules, naive }: Pair, one: Step & { readonly job: number }, now: number) {
  const job = naive.jobs[one.job];
  if (job === undefined) return ["no such job", "no such job"] as const;
  if (one.do === "cancel") return [rules.cancelJob(job.number, now), naive.cancel(job, now)] as const;
  if (one.do === "approve") {
    return [rules.approve(job.number, one.node, now), naive.approve(job, one.node, now)] as const;
  }
  const isOnline = (node: number) => one.do === "retrigger" && one.online.includes(node);
  return [rules.retriggerJob(job.number, now, isOnline), naive.retrigger(job, now, isOnline)] as const;
}

function expectSameBeliefs({ rules, naive }: Pair, now: number): void {
  naive.expire(now);
  rules.expire(now);
  expect(rules.jobCount).toBe(naive.jobs.length);
  for (const job of naive.jobs) {
    expect(rules.stateOf(job.number), `job ${job.number}`).toBe(job.state);
    const believed = [...rules.targetsOf(job.number)].map((node) => [node, rules.beliefOf(job.number, node)]);
    expect(Object.fromEntries(believed)).toEqual(Object.fromEntries(job.beliefs));
    expect(rules.counts(job.number).total).toBe(job.beliefs.size);
  }
}

function isDynamic(targets: Plan["targets"]): targets is DynamicTargets {
  return targets !== "all" && !Array.isArray(targets);
}

function matches(fields: NodeFields, targets: DynamicTargets): boolean {
  return (["type", "model", "version"] as const).every(
    (name) => targets[name] === undefined || targets[name] === fields[name],
  );
}

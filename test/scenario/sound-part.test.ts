import { expect, test } from "vitest";
import { parse } from "yaml";
import { UserError } from "../../src/base/user-error.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { SCENARIO } from "../../src/scenario/schema.ts";
import { ADAPTERS } from "./reading.ts";

test("mistakes of seventeen other kinds hide none of those in a scenario's sense", () => {
  const told = toldOf(`name: many
clock: { start: nope, speed: fast }
seed: one
nodes: 40
colour: red
backend: { tls: maybe, urlLife: 5, adapter: rainmaker }
fleet:
  begins: asleep
  cohorts:
    - { name: homes, nodes: 50%, autofetch: { every: 5 }, link: { throughput: wrong } }
    - { name: homes, nodes: 30%, like: b, flash: { wri: 1 }, boot: long, bogus: 1 }
jobs:
  - name: spring
    targets: { cohorts: [zz] }
    window: 25:00
    priority: 11
    colour: red
    rollout: { stages: [{ share: 1% }, { share: 50% }], look: 5 }
end: { after: 5, when: never }
thresholds:
  completion: ["p(101)<5h", "p(90)>"]
  outcom.success: ["rate>0.5"]
timeline:
  - { when: "stopped{job:x}", do: { cancel: spring } }
  - { at: 2h, do: { start: nobody } }
`);

  expect(told).toEqual([
    "clock.start",
    "clock.speed",
    "seed",
    "colour",
    "backend.tls",
    "backend.urlLife",
    "fleet.begins",
    // The sum of their shares.
    "fleet.cohorts",
    "fleet.cohorts[0].autofetch.every",
    "fleet.cohorts[0].link.throughput",
    "fleet.cohorts[1].name",
    "fleet.cohorts[1].like",
    "fleet.cohorts[1].flash.wri",
    "fleet.cohorts[1].boot",
    "fleet.cohorts[1].bogus",
    "jobs[0].targets.cohorts[0]",
    "jobs[0].window",
    "jobs[0].priority",
    "jobs[0].colour",
    "jobs[0].rollout.stages[1].share",
    "jobs[0].rollout.look",
    "end.after",
    "end.when",
    "thresholds.completion[0]",
    "thresholds.completion[1]",
    "thresholds.outcom.success",
    "timeline[0].when",
    "timeline[1].do.start",
  ]);
});

test("a threshold on a part that is not there is told of together with its expression", () => {
  const told = toldOf(`name: many
clock: { start: 2026-03-10T20:15:00Z }
jobs: [{ name: spring }]
end: { after: 5h }
thresholds: { "completion{job:autumn}": ["p(101)<5h"] }
`);

  expect(told).toEqual(["thresholds.completion{job:autumn}", "thresholds.completion{job:autumn}[0]"]);
});

test("an unknown key with dots is no path: it hides no other mistake", () => {
  for (const key of ["end.after: 2h", "clock.start: now", "jobs.0.name: spring", "fleet.cohorts.0: x"]) {
    const told = toldOf(`name: many
clock: { start: 2026-03-10T20:15:00Z }
"${key.replace(": ", '": ')}
fleet: { cohorts: [{ name: homes }] }
jobs: [{ name: spring, targets: { cohorts: [zz] } }]
end: { after: 5h }
`);

    expect(told, key).toEqual([key.split(":")[0], "jobs[0].targets.cohorts[0]"]);
  }
});

/** Nearly every block that there is, in a scenario without a mistake. */
const RICH = `name: rich
clock: { start: 2026-03-10T20:15:00Z, speed: 60 }
seed: 1
nodes: 400
backend: { adapter: rainmaker, tls: true, faults: { lost-offers: 5%, stop: { at: 2h, for: 10s } } }
image: { make: { version: 2.0.0, defects: [{ fault: boot-loop, hardware: rev-b, share: 30% }] } }
fleet:
  cohorts:
    - { name: homes, nodes: 60%, runs: { version: 1.4.2, hardware: { rev-a: 70, rev-b: 30 } }, zones: { Asia/Karachi: 2, Asia/Dubai: 1 }, autofetch: { every: 4h, phase: 10m }, faults: { boot-loop: 2%, brick: 1% } }
    - { name: workshops, nodes: 40%, like: homes, autofetch: { jitter: 1m }, powerCuts: [{ at: 2h, for: 20m }] }
  groups: [{ name: north, cohorts: [homes], nodes: [0, "10-19"], groups: [coast] }, { name: coast, cohorts: [workshops] }]
model: { fetch: { servers: 32, service: 4ms, queue: 10000 }, broker: { connects: 3000/s, connectBurst: 500 }, outages: [{ at: 20h, for: 1h }] }
jobs:
  - name: spring
    targets: { groups: [north] }
    validity: { from: 2026-03-10T21:00:00Z, until: 2026-04-11T00:00:00Z }
    rollout: { stages: [{ share: 1%, bake: 1h }, { cohorts: [workshops], bake: 1h }, { share: 100% }], rate: 1000/min, stop: { failed: 5%, of: 100, silent: { after: 4h, share: 20% } } }
  - { name: hotfix, starts: by timeline, targets: { where: { version: 1.4.2 } }, image: { make: { version: 3.0.1 } } }
  - { name: patch, starts: 2h, cancel: 6h, trigger: { user-approved: { share: 75% } }, targets: { nodes: ["0-99"] } }
timeline:
  - { when: "stopped{job:spring}", after: 2h, do: [{ upload: hotfix }, { start: hotfix }] }
  - { at: 5h, do: { powerCut: { cohorts: [homes], zones: [Asia/Dubai], for: 20m } } }
  - { at: 3h, do: [{ pause: spring }, { restart: 10s }] }
  - { at: 4h, do: { resume: spring } }
end: { when: settled, after: 48h }
thresholds: { "completion{cohort:homes}": ["p(90)<5h"], "outcome.rolledBack{job:spring}": ["rate<0.03"], "outcome.success{zone:Asia/Dubai}": ["rate>0.1"] }
`;

test.each([
  ["a value of a wrong kind", (block: Block, key: string | number) => put(block, key, { "?": [] })],
  ["an unknown key in place of a known one", (block: Block, key: string | number) => renamed(block, key)],
] as const)("no mistake that only follows from %s is told", (_, damage) => {
  expect(toldOf(RICH)).toEqual([]);
  const followed = pathsOf(parse(RICH)).flatMap((path) => {
    const broken: unknown = parse(RICH);
    const block = path.slice(0, -1).reduce<unknown>((each, key) => (each as Block)[key], broken) as Block;
    damage(block, path.at(-1) ?? "");
    const issues = SCENARIO.safeParse(structuredClone(broken)).error?.issues ?? [];
    // Names are free in some mappings, and another one is another mistake or none.
    if (issues.length === 0) return [];
    const told = toldOf(JSON.stringify(broken));
    const others = told.filter((field) => !issues.some((issue) => field.startsWith(written(issue.path))));
    return told.length > issues.length + 1 || others.length > 0 ? [`${written(path)}: ${told.join(", ")}`] : [];
  });

  expect(followed).toEqual([]);
});

type Block = Record<string | number, unknown>;

function put(block: Block, key: string | number, value: unknown): void {
  block[key] = value;
}

function renamed(block: Block, key: string | number): void {
  const value = block[key];
  if (Array.isArray(block)) return;
  delete block[key];
  block[`${key}s-`] = value;
}

function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...pathsOf((value as Block)[key], [...path, key])]);
}

function written(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);
}

/** The fields of all mistakes, in order. */
function toldOf(text: string): string[] {
  try {
    readScenario(text, "s.yaml", { adapters: ADAPTERS });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.mistakes.map(({ field }) => field ?? "");
  }
}

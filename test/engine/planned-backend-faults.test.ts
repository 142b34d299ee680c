import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { seedOf } from "../../src/base/random.ts";
import { adapterOf } from "../../src/adapters/adapters.ts";
import { VirtualFleet } from "../../src/drivers/virtual/virtual-fleet.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { BackendFaultDraws, seedOfLife } from "../../src/faults/backend/fault-draws.ts";
import { quantile } from "../../src/fleet/distribution.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import type { NodeInput } from "../../src/node/inputs.ts";
import type { NodeNote } from "../../src/node/notes.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { brokenLaws, jsonOf, smallScenario, watching } from "./small-runs.ts";

const CALM = ["nodes=20", "fleet.cohorts.workshops.faults.boot-loop=0%", "end.after=3h"] as const;
const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;

test.each([
  "fetch-latency: 200ms",
  "status-latency: { exponential: { mean: 200ms } }",
  "image-latency: 2s",
  "lost-messages: 10%",
  "lost-acks: 10%",
  "doubled-acks: 10%",
  "lost-offers: 20%",
  "doubled-offers: 20%",
  "expired-urls: 20%",
  "image-errors: 20%",
  "truncated-images: 20%",
  "wrong-bytes: 20%",
  "stalled-images: { share: 20%, for: 1m }",
  "restart: { at: 5m, after: 30s }",
  "stop: { at: 5m, for: 30s }",
])(
  "a plan in which the backend misbehaves by %s comes to its end: it fires, no law breaks, all nodes get through",
  async (fault) => {
    const { result } = await planned(`{ ${fault} }`);

    const [name = ""] = fault.split(":");
    expect(result.verdict, result.reasons.join("\n")).toBe("passed");
    expect(result.faults[name]).toMatchObject({ of: "backend" });
    expect(result.faults[name]?.fired).toBeGreaterThan(0);
    expect(brokenLaws(result)).toEqual([]);
    expect(result.outcomes.success).toBe(20);
  },
);

test("all misbehaviour at once gives the same bytes each time, and keeps the books", async () => {
  const all =
    "{ fetch-latency: 50ms, status-latency: 30ms, image-latency: 100ms, lost-messages: 3%, lost-acks: 3%, doubled-acks: 3%, lost-offers: 5%, doubled-offers: 5%, expired-urls: 5%, image-errors: 5%, truncated-images: 5%, wrong-bytes: 5%, stalled-images: { share: 5%, for: 20s }, restart: { at: 7m, after: 10s }, stop: { at: 12m, for: 20s } }";

  const [one, other] = [await planned(all, "nodes=400"), await planned(all, "nodes=400")];

  expect(jsonOf(one.result)).toBe(jsonOf(other.result));
  expect(one.result.verdict, one.result.reasons.join("\n")).toBe("passed");
  expect(Object.values(one.result.faults).every(({ fired }) => fired > 0)).toBe(true);
});

test("an answer comes as late as it is told to, and nothing else does", async () => {
  const late = await planned("{ fetch-latency: 300ms }");
  const calm = await planned("{ doubled-acks: 100% }");

  const { metrics } = late.result;
  expect((metrics["fetch_ack"]?.min ?? 0) - (calm.result.metrics["fetch_ack"]?.min ?? 0)).toBeCloseTo(300_000, -3);
  expect(metrics["report_ack"]?.max).toBe(calm.result.metrics["report_ack"]?.max);
});

test("a question that is swallowed grows too old in its node, which asks anew; nothing is ever acknowledged or offered", () => {
  const { inputs, notes } = lived("{ lost-messages: 100% }", "fleet.cohorts.homes.autofetch.phase=5s", "end.after=3m");

  const lost = notes.filter(({ note }) => note.kind === "message lost");
  expect(lost[0]).toMatchObject({ note: { why: "too old" }, atUs: 35 * SECOND_US });
  // The watch over it ends after a minute, and half a minute later the next question is made.
  expect(lost[1]).toMatchObject({ note: { why: "too old" }, atUs: (5 + 60 + 30 + 30) * SECOND_US });
  expect(inputs.filter(({ kind }) => kind === "acknowledged" || kind === "offered")).toEqual([]);
});

test("a question whose acknowledgement is lost is answered all the same, and the update goes through", async () => {
  const { result } = await planned("{ lost-acks: 100% }");

  expect(result.counters["fetch acked"]).toBe(0);
  expect(result.counters["report acked"]).toBe(0);
  expect(result.outcomes.success).toBe(20);
  // The backend heard every status, and some of them more than once.
  expect(result.truth.matrix.success.success).toBe(20);
  expect(result.backend["statusesReceived"]).toBeGreaterThan(result.counters["report made"] ?? Infinity);
});

test("an offer that is doubled is taken once: the second is dropped while the node updates", async () => {
  const { result } = await planned("{ doubled-offers: 100% }");

  expect(result.counters["offer received"]).toBe(result.backend["offersSent"]);
  expect(result.counters["offer dropped: busy"]).toBe(20);
});

test("without its offers a fleet stays as it was", async () => {
  const { result } = await planned("{ lost-offers: 100% }");

  expect(result.counters["offer received"]).toBe(0);
  expect(result.outcomes.success).toBe(0);
  expect(result.faults["lost-offers"]?.fired).toBe(result.backend["offersSent"]);
});

test.each([
  ["an expired url", "{ expired-urls: 100% }"],
  ["an error of the server", "{ image-errors: { share: 100%, status: 404 } }"],
])("%s fails three attempts at once, and the node asks again five minutes later", (_, faults) => {
  const { notes, inputs } = lived(faults);

  const begun = notes.filter(({ note }) => note.kind === "attempt begun").slice(0, 4);
  expect(begun.map(({ note }) => note.kind === "attempt begun" && note.attempt)).toEqual([1, 2, 3, 1]);
  expect((begun[2]?.atUs ?? 0) - (begun[0]?.atUs ?? 0)).toBeLessThan(5 * SECOND_US);
  expect((begun[3]?.atUs ?? 0) - (begun[2]?.atUs ?? 0)).toBeGreaterThan(5 * MINUTE_US);
  expect((begun[3]?.atUs ?? 0) - (begun[2]?.atUs ?? 0)).toBeLessThan(5 * MINUTE_US + 5 * SECOND_US);
  expect(inputs.find(({ kind }) => kind === "transfer failed")).toMatchObject({ step: "begin", err: "ESP_FAIL" });
});

test("a head that takes more than five seconds is not waited for", () => {
  const { inputs } = lived("{ image-latency: 6s }");

  expect(inputs.find(({ kind }) => kind === "transfer failed")).toMatchObject({ step: "begin", errno: 11 });
});

test("a body that is cut short is resumed where it ended", () => {
  const { notes, inputs } = lived("{ truncated-images: 100% }");

  const cut = inputs.find(({ kind }) => kind === "transfer failed");
  expect(cut).toMatchObject({ step: "body", err: "ESP_FAIL", errno: 128 });
  const resumed = notes.find(({ note, atUs }) => note.kind === "attempt begun" && atUs === cut?.atUs);
  // Whole KiB of what had arrived.
  expect(resumed?.note).toMatchObject({ attempt: 2, fromBytes: Math.floor((cut as Cut).gotBytes / 1_024) * 1_024 });
});

test("a wrong bit is found by the digest alone, and never booted", async () => {
  const { notes, inputs } = lived("{ wrong-bytes: 100% }");

  expect(inputs.find(({ kind }) => kind === "transfer ended")).toMatchObject({ isComplete: true, isIntact: false });
  expect(notes.find(({ note }) => note.kind === "verification failed")?.note).toMatchObject({
    reason: "validation failed",
  });
  const { result } = await planned("{ wrong-bytes: 100% }");
  expect(result.outcomes.success).toBe(0);
  expect(result.counters["image applied"]).toBe(0);
});

test("a body that stands still keeps its node hanging for as long, without a failed attempt", () => {
  const [still, calm] = [lived("{ stalled-images: { share: 100%, for: 10m } }"), lived("{ doubled-acks: 100% }")];

  expect(still.inputs.filter(({ kind }) => kind === "transfer failed")).toEqual([]);
  const endOf = ({ inputs }: Lived): number => inputs.find(({ kind }) => kind === "transfer ended")?.atUs ?? NaN;
  expect(endOf(still) - endOf(calm)).toBe(10 * MINUTE_US);
});

test("a killed backend takes all links with it; each node is refused once every ten seconds, then comes back", async () => {
  const { result } = await planned("{ restart: { at: 30s, after: 25s } }");
  const { inputs } = lived("{ restart: { at: 30s, after: 25s } }");

  expect(result.counters["disconnected: backend closed"]).toBe(20);
  expect(result.counters["connect failed: refused"]).toBe(40);
  const back = inputs.filter(({ kind, atUs }) => kind === "connected" && atUs > 30 * SECOND_US);
  expect(back.length).toBeGreaterThan(0);
  expect(back[0]?.atUs).toBeGreaterThan(60 * SECOND_US);
  expect(back[0]?.atUs).toBeLessThan(62 * SECOND_US);
  expect(result.truth.matrix.success.success).toBe(20);
});

test("a backend that stands still breaks no link: what reaches it is answered when it goes on", () => {
  const { inputs } = lived("{ stop: { at: 1s, for: 5m } }", "fleet.cohorts.homes.autofetch.phase=30s");

  const first = inputs.find(({ kind }) => kind === "acknowledged");
  expect(first?.atUs).toBeGreaterThan(5 * MINUTE_US + SECOND_US);
  expect(inputs.filter(({ kind }) => kind === "connection lost")).toEqual([]);
});

test("a polled backend that refuses is asked again, and a killed one is out of reach", async () => {
  const poll = "backend.adapter=http-poll";
  const refused = await planned("{ poll-errors: 20% }", poll);
  const killed = await planned("{ restart: { at: 5m, after: 5m } }", poll);

  for (const { result } of [refused, killed]) {
    expect(result.verdict, result.reasons.join("\n")).toBe("passed");
    expect(result.counters["fetch lost: disconnected"]).toBeGreaterThan(0);
    expect(brokenLaws(result)).toEqual([]);
  }
});

test("what a plan cannot tell of is refused by name", async () => {
  await expect(planned("{ stop: { at: 5m, for: 3m } }")).rejects.toThrow(UserError);
  await expect(planned("{ stop: { at: 5m, for: 3m } }")).rejects.toThrow(/backend.faults.stop.for/);
  await expect(planned("{ stop: { at: 5m, for: 2m } }")).resolves.toBeDefined();
});

test("a misbehaviour that never took place makes a plan invalid, by name", async () => {
  const { result } = await planned("{ stop: { at: 2h, for: 1s } }");

  expect(result.verdict).toBe("invalid");
  expect(result.reasons).toContain(
    "The backend was to misbehave by stop, which never took place: it was drawn 1 time.",
  );
});

test("a planned backend that was killed draws on as a served one does in its next life", () => {
  const { scenario, backend } = lived("{ restart: { at: 5m, after: 10s }, lost-offers: 30% }");
  const served = new BackendFaultDraws(scenario.backend.faults, seedOfLife(seedOf(scenario.seed), 1), quantile);

  // Numbers beyond the fleet's, so that nothing was drawn for them before.
  const nodes = Array.from({ length: 100 }, (_, index) => 1_000 + index);
  const hits = nodes.map((node) => backend.faults.at("offer", node));
  expect(hits).toEqual(nodes.map((node) => served.at("offer", node)));
});

type Cut = Extract<NodeInput, { kind: "transfer failed" }>;

interface Lived {
  readonly scenario: Scenario;
  readonly backend: VirtualFleet["backend"];
  readonly inputs: readonly (NodeInput & { readonly atUs: number })[];
  readonly notes: readonly { readonly note: NodeNote; readonly atUs: number }[];
}

function scenarioOf(faults: string, set: readonly string[]): Scenario {
  return smallScenario(...CALM, `backend.faults=${faults}`, ...set);
}

async function planned(faults: string, ...set: readonly string[]): Promise<{ readonly result: RunResult }> {
  const scenario = scenarioOf(faults, set);
  return planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());
}

/** What the first node is told and notes. */
function lived(faults: string, ...set: readonly string[]): Lived {
  const scenario = scenarioOf(faults, set);
  const adapter = adapterOf(scenario.backend.adapter);
  if (adapter === undefined) throw new Error("the scenario names an adapter");
  const inputs: (NodeInput & { readonly atUs: number })[] = [];
  const notes: { readonly note: NodeNote; readonly atUs: number }[] = [];
  const watcher = {
    onInput: (slot: number, input: NodeInput, atUs: number) => void (slot === 0 && inputs.push({ ...input, atUs })),
    onNote: (slot: number, note: NodeNote, atUs: number) => void (slot === 0 && notes.push({ note, atUs })),
  };
  const { project, version, chip, secureVersion, sizeBytes } = scenario.image;
  const images = [{ project, version, chip, secureVersion, sizeBytes, md5: "5d41402abc4b2a76b9719d911017c592" }];
  const fleet = new VirtualFleet({ scenario, adapter, sink: { record: () => {} }, watcher, images });
  fleet.run(() => false);
  return { scenario, backend: fleet.backend, inputs, notes };
}

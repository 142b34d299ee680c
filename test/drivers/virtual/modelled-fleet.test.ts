import { beforeAll, describe, expect, test } from "vitest";
import { httpPoll } from "../../../src/adapters/http-poll/adapter.ts";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../../src/base/instant.ts";
import { DOWNLOAD_ENDS, LOSS_CAUSES } from "../../../src/measure/event-record.ts";
import { readyHistograms } from "../../../src/measure/histogram.ts";
import { PLAIN_BACKEND, PLAIN_JOB } from "../../scenario/plain.ts";
import { linesOf, modelRun, NO_CDN, NO_LIMITS } from "./model-world.ts";

beforeAll(readyHistograms);

const KB = 1_000;
const PUSHED = { ...PLAIN_JOB, trigger: "force-push" } as const;
/** Nobody is offered anything, so that nobody boots and asks out of turn. */
const NOBODY = {
  scenario: { jobs: [{ ...PLAIN_JOB, targets: { kind: "where", project: "another", version: undefined } }] },
} as const;

describe("ten nodes of which two at a time share a link", () => {
  // Pairs a minute apart, in each the second 5 s behind the first; 1.5 MB over links of 60 KB/s, of which one of
  // 100 KB/s carries two.
  const beginsUs = Array.from(
    { length: 10 },
    (_, node) => Math.floor(node / 2) * MINUTE_US + (node % 2) * 5 * SECOND_US + MINUTE_US,
  );
  const cohorts = beginsUs.map((atUs) => ({
    nodes: 1,
    latencyUs: { kind: "fixed", value: 0 } as const,
    autofetch: { kind: "periodic", everyUs: HOUR_US, phase: 1 - atUs / HOUR_US, jitterUs: 0 } as const,
  }));
  // A question arrives a microsecond behind what its node sent before, and its answer one behind the acknowledgement.
  const LATER_US = 1;

  test("are done exactly when a hand finds them done", () => {
    const { of, model } = modelRun({ cohorts, model: withEgress(100 * KB) });

    // Alone for 5 s at 60 KB/s, then two at 50 KB/s: 300 KB + 24 s; the second has 1.2 MB by then and 5 s alone.
    const tookUs = [29, 29].map((seconds) => seconds * SECOND_US);
    const started = of("download started").map(({ node, atUs }) => [node, atUs]);
    expect(started).toEqual(beginsUs.map((atUs, node) => [node, atUs + LATER_US]));
    const ended = of("download ended").map(({ node, atUs }) => [node, atUs]);
    expect(ended).toEqual(beginsUs.map((atUs, node) => [node, atUs + LATER_US + (tookUs[node % 2] as number)]));
    expect(model?.downloads).toMatchObject({
      inFlightPeak: 2,
      egressBytes: 15_000 * KB,
      egressPeakBytesPerSecond: 100 * KB,
      capStep: 1,
    });
  });

  test("each have their own pace where the link carries both, to the microsecond as without a model", () => {
    const wide = modelRun({ cohorts, model: withEgress(1_000 * KB) });
    const none = modelRun({ cohorts, model: undefined });

    expect(linesOf(wide.rows)).toBe(linesOf(none.rows));
    expect(wide.model?.downloads.egressPeakBytesPerSecond).toBe(120 * KB);
    expect(none.model).toBeUndefined();
  });

  test("go no faster than one connection may, link and flash notwithstanding", () => {
    const { of } = modelRun({
      cohorts,
      model: { ...NO_LIMITS, cdn: { ...NO_CDN, perConnectionBytesPerSecond: 30 * KB } },
    });

    const ended = of("download ended").map(({ node, atUs }) => atUs - (beginsUs[node] as number));
    expect(new Set(ended)).toEqual(new Set([50 * SECOND_US + LATER_US]));
  });
});

describe("a model that states what is never reached", () => {
  test.each([
    ["MQTT", undefined],
    ["HTTP", httpPoll],
  ] as const)("changes no record over %s", (_, adapter) => {
    const roomy = { servers: 100, serviceUs: { kind: "fixed", value: 0 }, queueMax: 1_000 } as const;
    const model = {
      ...NO_LIMITS,
      fetch: roomy,
      statuses: roomy,
      cdn: { ...NO_CDN, connectionsMax: 1_000, egressBytesPerSecond: 1e9 },
    };
    const parts = { cohorts: [{ nodes: 60 }], ...(adapter === undefined ? {} : { adapter }) };

    expect(linesOf(modelRun({ ...parts, model }).rows)).toBe(linesOf(modelRun({ ...parts, model: undefined }).rows));
  });
});

describe("questions beyond what the servers take", () => {
  const full = { servers: 1, serviceUs: { kind: "fixed", value: 10 * MINUTE_US }, queueMax: 0 } as const;
  const model = { ...NO_LIMITS, fetch: full };

  test("are not acknowledged under MQTT, and the node writes them again each second until they are too old", () => {
    const { of, model: came } = modelRun({ model, afterUs: HOUR_US });

    const lost = of("fetch lost");
    expect(lost.length).toBeGreaterThan(20);
    expect(new Set(lost.map(({ detail }) => LOSS_CAUSES[detail]))).toEqual(new Set(["too old"]));
    // 30 s of age: the first, and one a second behind it.
    expect(came?.servers[0]).toMatchObject({ name: "fetch", queuePeak: 0 });
    expect(came?.servers[0]?.refused).toBeGreaterThan(25 * lost.length);
  });

  test("are answered with an error under HTTP, and the node tries again by its own rules", () => {
    const { of } = modelRun({ model, adapter: httpPoll, afterUs: HOUR_US });

    const lost = of("fetch lost");
    expect(lost.length).toBeGreaterThan(5);
    expect(new Set(lost.map(({ detail }) => LOSS_CAUSES[detail]))).toEqual(new Set(["disconnected"]));
  });

  test("wait in the queue, and are told as late as they were", () => {
    const slow = { servers: 1, serviceUs: { kind: "fixed", value: 300_000 }, queueMax: undefined } as const;
    // All ask at once.
    const cohorts = [{ nodes: 3, autofetch: { kind: "periodic", everyUs: HOUR_US, phase: 0.5, jitterUs: 0 } as const }];
    const { of, model: came } = modelRun({
      cohorts,
      ...NOBODY,
      model: { ...NO_LIMITS, fetch: slow },
      afterUs: 31 * MINUTE_US,
    });

    expect(of("fetch acked").map(({ a }) => a)).toEqual([340_000, 640_000, 940_000]);
    expect(came?.servers[0]).toMatchObject({ queuePeak: 2, taken: 3, refused: 0 });
    expect(came?.servers[0]?.wait).toMatchObject({ count: 3, min: 0, max: 600_000 });
  });
});

describe("downloads beyond what the server takes", () => {
  test("are answered 503, which the node reports as a failed attempt, and tries again", () => {
    const cohorts = [{ nodes: 4, autofetch: { kind: "periodic", everyUs: HOUR_US, phase: 0.5, jitterUs: 0 } as const }];
    const cdn = { ...NO_CDN, connectionsMax: 1, retryAfterUs: 30 * SECOND_US };
    const { of, model } = modelRun({ cohorts, model: { ...NO_LIMITS, cdn } });

    const ends = of("download ended").map(({ detail }) => DOWNLOAD_ENDS[detail]);
    expect(ends.filter((end) => end === "complete")).toHaveLength(4);
    // Three attempts at once, of each of the three that come too late, again and again.
    expect(ends.filter((end) => end === "refused").length).toBe(model?.downloads.refused);
    expect(model?.downloads.refused).toBeGreaterThanOrEqual(9);
    expect(model?.downloads).toMatchObject({ inFlightPeak: 1, inFlightMax: 1 });
    expect(model?.leavesOut).toContain("Retry-After is sent with each 503; the nodes' firmware does not read it.");
  });

  test("begin as late as the first byte is, and are given up after the firmware's five seconds", () => {
    const late = (us: number) =>
      modelRun({ model: { ...NO_LIMITS, cdn: { ...NO_CDN, firstByteUs: { kind: "fixed", value: us } } } });

    expect(
      new Set(
        late(250_000)
          .of("first byte")
          .map(({ a }) => a),
      ),
    ).toEqual(new Set([160_000 + 250_000]));
    expect(late(6 * SECOND_US).of("first byte")).toEqual([]);
  });
});

describe("connects beyond what the broker takes", () => {
  const broker = { connectsPerSecond: 2, connectBurst: 1, backlogMax: 4, fanOutPerSecond: undefined };
  const outage = { of: "broker", atUs: 10 * MINUTE_US, forUs: MINUTE_US } as const;

  test("wait, then are refused, and all nodes dial again ten seconds later, in step", () => {
    const { of, model } = modelRun({
      ...NOBODY,
      model: { ...NO_LIMITS, broker, outages: [outage] },
      afterUs: 15 * MINUTE_US,
    });

    const after = of("connected").filter(({ atUs }) => atUs > outage.atUs);
    expect(after).toHaveLength(20);
    // Each wave of dials comes at one instant: five of it get through, one at once and four that wait.
    const waves = new Map<number, number>();
    for (const { atUs, a } of after) waves.set(atUs - a, (waves.get(atUs - a) ?? 0) + 1);
    expect([...waves.values()]).toEqual([5, 5, 5, 5]);
    expect(after.slice(0, 5).map(({ a }) => a)).toEqual([80_000, 580_000, 1_080_000, 1_580_000, 2_080_000]);
    const [first = 0, second = 0] = waves.keys();
    expect(second - first).toBe(10 * SECOND_US + 80_000);
    expect(model?.servers.find(({ name }) => name === "broker connects")).toMatchObject({
      taken: 20,
      refused: 15 + 10 + 5,
      queuePeak: 4,
      queueMax: 4,
    });
  });

  test("lapse at the node's own ten seconds where the line is longer", () => {
    const { of } = modelRun({
      model: { ...NO_LIMITS, broker: { ...broker, connectsPerSecond: 1, backlogMax: 100 }, outages: [outage] },
      afterUs: 12 * MINUTE_US,
    });

    const failed = of("connect failed").filter(({ atUs }) => atUs > outage.atUs + outage.forUs + SECOND_US);
    expect(failed.length).toBeGreaterThan(5);
    // "timeout"
    expect(new Set(failed.map(({ detail }) => detail))).toEqual(new Set([1]));
  });
});

test("offers leave the broker one after the other at its rate", () => {
  const broker = { connectsPerSecond: undefined, connectBurst: 1, backlogMax: 0, fanOutPerSecond: 4 };
  const { of, model } = modelRun({
    model: { ...NO_LIMITS, broker },
    scenario: { jobs: [{ ...PUSHED }] },
    afterUs: MINUTE_US,
  });

  const offered = of("offer received").map(({ atUs }) => atUs);
  expect(offered).toEqual(Array.from({ length: 20 }, (_, place) => 20_000 + place * 250_000));
  expect(model?.servers[0]).toMatchObject({ name: "broker fan-out", taken: 20, queuePeak: 19 });
});

describe("an outage", () => {
  const at = (of: "all" | "broker" | "cdn") => ({
    ...NO_LIMITS,
    outages: [{ of, atUs: 20 * MINUTE_US, forUs: 10 * MINUTE_US }],
  });
  const cohorts = [{ nodes: 60, throughputBytesPerSecond: { kind: "fixed", value: 10 * KB } as const }];

  test("of everything breaks links and downloads, and neither comes back before its end", () => {
    const { of } = modelRun({ model: at("all"), cohorts });

    const within = ({ atUs }: { readonly atUs: number }) => atUs >= 20 * MINUTE_US && atUs < 30 * MINUTE_US;
    expect(of("disconnected").filter(within)).toHaveLength(60);
    expect(
      of("download ended").some(({ atUs, detail }) => atUs === 20 * MINUTE_US && DOWNLOAD_ENDS[detail] === "cut"),
    ).toBe(true);
    expect([...of("connected"), ...of("first byte")].filter(within)).toEqual([]);
    expect(of("connected").filter(({ atUs }) => atUs >= 30 * MINUTE_US).length).toBeGreaterThanOrEqual(60);
  });

  test("of the broker alone lets downloads go on, and one of the images alone lets links stand", () => {
    const broker = modelRun({ model: at("broker"), cohorts });
    const images = modelRun({ model: at("cdn"), cohorts });
    const cut = ({ detail }: { readonly detail: number }) => DOWNLOAD_ENDS[detail] === "cut";

    expect(broker.of("disconnected").filter(({ atUs }) => atUs === 20 * MINUTE_US)).toHaveLength(60);
    expect(broker.of("download ended").filter(cut)).toEqual([]);
    expect(images.of("disconnected").filter(({ atUs }) => atUs === 20 * MINUTE_US)).toEqual([]);
    expect(images.of("download ended").filter(cut).length).toBeGreaterThan(0);
  });
});

describe("nodes that ask once in their period", () => {
  const day = 24 * HOUR_US;
  const nodes = 2_000;
  const run = (phase: "uniform" | "even") =>
    modelRun({
      cohorts: [{ nodes, autofetch: { kind: "periodic", everyUs: day, phase, jitterUs: 0 } }],
      ...NOBODY,
      model: NO_LIMITS,
      afterUs: day - 1,
    })
      .of("fetch sent")
      .map(({ atUs }) => atUs)
      .sort((a, b) => a - b);

  test("at phases drawn evenly have the rate of nodes by period, with the deviations of chance", () => {
    const asked = run("uniform");

    expect(asked).toHaveLength(nodes);
    const perHour = Array.from(
      { length: 24 },
      (_, hour) => asked.filter((us) => Math.floor(us / HOUR_US) === hour).length,
    );
    const mean = nodes / 24;
    const chiSquare = perHour.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
    // 0.1 % and 99.9 % of chi-square with 23 degrees of freedom.
    expect(chiSquare).toBeGreaterThan(7.53);
    expect(chiSquare).toBeLessThan(49.73);
  });

  test("at even phases ask one after the other at equal distances", () => {
    const asked = run("even");

    const distances = asked.slice(1).map((us, place) => us - (asked[place] as number));
    expect(Math.max(...distances) - Math.min(...distances)).toBeLessThanOrEqual(1);
    expect(distances[0]).toBeCloseTo(day / nodes, 0);
  });
});

test.each([
  ["a link of their own each", undefined],
  ["a link that they share", 1_000 * KB],
])("servers that stand still twice in a row let nothing flow meanwhile, over %s", (_, egressBytesPerSecond) => {
  const stops = [1, 2].map(() => ({ kind: "outage", name: "stop", atUs: 10 * SECOND_US, forMs: 20_000 }) as const);
  const { model, of } = modelRun({
    scenario: { jobs: [PUSHED], backend: { ...PLAIN_BACKEND, adapter: "rainmaker", faults: stops } },
    cohorts: [{ nodes: 2 }],
    model: { ...NO_LIMITS, cdn: { ...NO_CDN, egressBytesPerSecond } },
    afterUs: 10 * MINUTE_US,
  });
  const byBucket = model?.downloads.egressBytesByBucket ?? [];

  // 1.5 MB at 60 KB/s, and 40 s in which nothing came.
  expect(of("download ended").map(({ atUs }) => Math.floor(atUs / SECOND_US))).toEqual([65, 65]);
  expect(byBucket.reduce((sum, bytes) => sum + bytes, 0)).toBe(3_000 * KB);
  // A bucket is a second or more.
  expect(byBucket.filter((bytes) => bytes > 0).length).toBeLessThan(28);
});

test.each([
  ["a link of their own each", undefined],
  ["a link that they share", 1_000 * KB],
])("downloads that stall let nothing flow meanwhile, over %s", (_, egressBytesPerSecond) => {
  const stall = { kind: "stall", name: "stalled-images", share: 1, forMs: 30_000 } as const;
  const { model, of, fleet } = modelRun({
    scenario: { jobs: [PUSHED], backend: { ...PLAIN_BACKEND, adapter: "rainmaker", faults: [stall] } },
    cohorts: [{ nodes: 2 }],
    model: { ...NO_LIMITS, cdn: { ...NO_CDN, egressBytesPerSecond } },
    afterUs: 10 * MINUTE_US,
  });
  const byBucket = model?.downloads.egressBytesByBucket ?? [];

  // 1.5 MB at 60 KB/s, and 30 s in which nothing came, at another place in each.
  expect(of("download ended").map(({ atUs }) => Math.floor(atUs / SECOND_US))).toEqual([55, 55]);
  expect(byBucket.reduce((sum, bytes) => sum + bytes, 0)).toBe(3_000 * KB);
  expect(fleet.backend.counters.imageBytesServed).toBe(3_000 * KB);
  expect(model?.downloads.egressPeakBytesPerSecond).toBe(120 * KB);
});

test("a download that is cut while it stalls has what came before", () => {
  const stall = { kind: "stall", name: "stalled-images", share: 1, forMs: 30_000 } as const;
  const { model, of } = modelRun({
    scenario: { jobs: [PUSHED], backend: { ...PLAIN_BACKEND, adapter: "rainmaker", faults: [stall] } },
    cohorts: [{ nodes: 20, powerCuts: [{ atUs: 27 * SECOND_US, forUs: HOUR_US }] }],
    model: { ...NO_LIMITS, cdn: NO_CDN },
    afterUs: MINUTE_US,
  });

  // By the cut 1.5 MB would have come to everybody.
  const came = of("download ended").map(({ a }) => a);
  expect(came).toHaveLength(20);
  expect(came.every((bytes) => bytes < 1_500 * KB)).toBe(true);
  const byBucket = model?.downloads.egressBytesByBucket ?? [];
  const sum = came.reduce((all, bytes) => all + bytes, 0);
  expect(Math.abs(byBucket.reduce((all, bytes) => all + bytes, 0) - sum)).toBeLessThan(20);
});

function withEgress(bytesPerSecond: number) {
  return { ...NO_LIMITS, cdn: { ...NO_CDN, egressBytesPerSecond: bytesPerSecond } };
}

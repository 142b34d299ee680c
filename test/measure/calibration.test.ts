import { describe, expect, test } from "vitest";
import { calibrateServers, type ServerCalibration } from "../../src/measure/calibration.ts";
import { CalibrationSamples } from "../../src/measure/calibration-samples.ts";
import { DOWNLOAD_ENDS, LOSS_CAUSES, RECORD_KINDS, type RecordKind } from "../../src/measure/event-record.ts";
import type { MetricResult } from "../../src/measure/run-result.ts";
import { reportInput } from "../report/result-fixture.ts";

const SPEED = 60;
const SECOND_US = 1_000_000;
const { result } = reportInput();
const { metrics } = result;

describe("a calibration", () => {
  test("tells service times in wall time, whatever the fleet's clock did", () => {
    const { fitted } = calibrated((put) => {
      for (let node = 0; node < 200; node++) put("fetch acked", node, node * SECOND_US * SPEED, 0, 4_000);
    });

    expect(fitted).toMatchObject([
      { name: "fetch.service", figure: { kind: "duration", shape: { kind: "fixed", value: 4_000 } }, samples: 200 },
    ]);
  });

  test("takes out what the generator was late with, and the quickest way there and back", () => {
    const { fitted, roundTripUs } = calibrated((put) => {
      for (let node = 0; node < 200; node++) {
        put("connect parts", node, 0, 0, 1_000 + node);
        put("fetch acked", node, node * SECOND_US * SPEED, 0, 9_000, 4_000);
        put("first byte", node, node * SECOND_US * SPEED, 0, 29_000, 5_000);
      }
    });

    expect(roundTripUs).toBe(1_000);
    expect(shapeOf(fitted, "fetch.service")).toEqual({ kind: "fixed", value: 4_000 });
    expect(shapeOf(fitted, "cdn.firstByte")).toEqual({ kind: "fixed", value: 20_000 });
  });

  test("refuses a metric that is not to be used, in the words of the run", () => {
    const late: MetricResult = { ...metrics["fetch_ack"]!, isValid: false, invalidBecause: "the generator was late" };
    const { fitted, unfitted } = calibrated(
      (put) => {
        for (let node = 0; node < 200; node++) put("fetch acked", node, node * SECOND_US * SPEED, 0, 4_000);
      },
      { ...metrics, fetch_ack: late },
    );

    expect(fitted).toEqual([]);
    expect(unfitted.filter(({ name }) => name.startsWith("fetch.s"))).toEqual([
      { name: "fetch.servers", because: "the generator was late", needs: "", speedMax: undefined, assumed: undefined },
      { name: "fetch.service", because: "the generator was late", needs: "", speedMax: undefined, assumed: undefined },
    ]);
  });

  test("says of every value of the block either how well it fits or why it does not", () => {
    const { fitted, unfitted } = calibrated(() => undefined);

    expect(fitted).toEqual([]);
    expect(unfitted.map(({ name }) => name).sort()).toEqual([
      "broker.backlog",
      "broker.connects",
      "broker.fanOut",
      "cdn.connections",
      "cdn.egress",
      "cdn.firstByte",
      "cdn.perConnection",
      "fetch.queue",
      "fetch.servers",
      "fetch.service",
      "statuses.queue",
      "statuses.servers",
      "statuses.service",
    ]);
    expect(unfitted.every(({ because }) => because !== "")).toBe(true);
  });

  test("assumes as many servers as nobody waited for, where none ever waited", () => {
    const { unfitted } = calibrated((put) => {
      for (let node = 0; node < 200; node++) put("report acked", node, node * SECOND_US * SPEED, 0, 2_000);
    });

    expect(unfitted.find(({ name }) => name === "statuses.servers")).toMatchObject({
      assumed: { kind: "count", count: 1 },
      because: "they were never all at work: at most 1 were there at once",
    });
  });

  test("fits no limit of queues and connections, but says how many were there at once and all taken, or how many not", () => {
    const { unfitted } = calibrated((put) => {
      for (let node = 0; node < 7; node++) {
        put("fetch acked", node, SECOND_US * SPEED, 0, 500_000);
        put("report acked", node, SECOND_US * SPEED, 0, 500_000);
      }
      put("report lost", 1, SECOND_US * SPEED, LOSS_CAUSES.indexOf("timeout"), 0);
      put("report lost", 1, SECOND_US * SPEED, LOSS_CAUSES.indexOf("power"), 0);
    });
    const because = (name: string): string | undefined => unfitted.find((value) => value.name === name)?.because;

    expect(because("fetch.queue")).toMatch(
      /^of up to 7 questions at once none was turned away: the limit lies no lower;/,
    );
    expect(because("statuses.queue")).toMatch(/^turned away or without an answer: 1 status, and no record says/);
  });

  test("says at which speed everything could be fitted that the clock was too fast for", () => {
    const download = { ...metrics["download"]!, isValid: false, invalidBecause: "too fast", compression: 20.5 };
    const lateness = { count: 9, p99Us: 50_000, maxUs: 60_000, limitUs: 5_000, isValid: false };
    const fetch_ack = { ...metrics["fetch_ack"]!, isValid: false, invalidBecause: "late" };
    const samples = new CalibrationSamples(600, () => 1_000);

    const { unfitted, speedMax } = calibrateServers(samples, {
      metrics: { ...metrics, download, fetch_ack },
      generator: { ...result.generator, lateness: { fetch_ack: lateness } },
      clock: { ...result.clock, speed: 600 },
    });

    expect(unfitted.find(({ name }) => name === "fetch.service")?.speedMax).toBe(60);
    expect(unfitted.find(({ name }) => name === "cdn.egress")?.speedMax).toBe(4);
    expect(unfitted.find(({ name }) => name === "broker.fanOut")?.speedMax).toBeUndefined();
    expect(speedMax).toBe(4);
  });

  test("counts a download from its first byte to its last, by wall time", () => {
    const samples = new CalibrationSamples(SPEED, () => 1_000);
    const put = putInto(samples);
    put("first byte", 3, 60 * SECOND_US, 0, 5_000);
    put("download ended", 3, 120 * SECOND_US, DOWNLOAD_ENDS.indexOf("complete"), 60_000);
    put("download ended", 4, 120 * SECOND_US, DOWNLOAD_ENDS.indexOf("complete"), 60_000);
    put("first byte", 5, 60 * SECOND_US, 0, 5_000);
    put("download ended", 5, 90 * SECOND_US, DOWNLOAD_ENDS.indexOf("cut"), 30_000);

    expect(samples.transfers).toEqual([
      { fromUs: SECOND_US, untilUs: 2 * SECOND_US, bytes: 60_000, ownBytesPerSecond: 60_000 },
    ]);
  });
});

type Put = (kind: RecordKind, node: number, atUs: number, detail: number, a: number, b?: number) => void;

function calibrated(tell: (put: Put) => void, of = metrics): ServerCalibration {
  const samples = new CalibrationSamples(SPEED, () => 1_000);
  tell(putInto(samples));
  return calibrateServers(samples, { ...result, metrics: of });
}

function putInto(samples: CalibrationSamples): Put {
  return (kind, node, atUs, detail, a, b = 0) =>
    samples.record(RECORD_KINDS.indexOf(kind), node, atUs, detail, 0, a, b);
}

function shapeOf(fitted: ServerCalibration["fitted"], name: string): unknown {
  const figure = fitted.find((value) => value.name === name)?.figure;
  return figure?.kind === "duration" ? figure.shape : undefined;
}

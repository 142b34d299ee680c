import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeIdentity } from "../../src/adapters/adapter.ts";
import { rainmaker } from "../../src/adapters/rainmaker/adapter.ts";
import { generationOfRelease } from "../../src/adapters/rainmaker/generations.ts";
import type { OutboxEntry } from "../../src/node/report.ts";
import { anyText } from "../base/any-text.ts";
import { entryOf } from "./entries.ts";

const WHO: NodeIdentity = {
  id: "aB3dE6gH9jK2mN5pQ8sT1v",
  secret: "",
  project: "thermostat",
  version: "1.4.2",
  name: "hall",
  networkId: undefined,
};
const JOB = "6DfAeBS7UKJWD4GXRzKoYC";
const BEGIN_FAILED: Partial<OutboxEntry> = {
  status: "failed",
  reason: "begin failed",
  attempt: 1,
  attemptsMax: 3,
  err: "ESP_ERR_HTTP_CONNECT",
};

describe("a status", () => {
  test("is written as the firmware writes it", () => {
    expect(textOf({ status: "in-progress", reason: "attempt begins", attempt: 1, attemptsMax: 3 })).toBe(
      `{"ota_job_id":"${JOB}","status":"in-progress","additional_info":"Starting OTA Upgrade (HTTPS attempt 1/3)","ts":1777600000}`,
    );
  });

  test("of 199 bytes is whole, and one byte more is cut off", () => {
    const job = "j".repeat(22);
    const whole = payloadOf({ ...BEGIN_FAILED, errno: 5 }, job);
    const room = 199 - whole.length;
    const full = payloadOf({ ...BEGIN_FAILED, errno: 5 }, job + "j".repeat(room));
    const cut = payloadOf({ ...BEGIN_FAILED, errno: 5 }, job + "j".repeat(room + 1));

    expect(room).toBeGreaterThan(0);
    expect([full.length, cut.length]).toEqual([199, 199]);
    expect(JSON.parse(new TextDecoder().decode(full))).toMatchObject({ status: "failed" });
    expect(() => JSON.parse(new TextDecoder().decode(cut)) as unknown).toThrow(SyntaxError);
  });

  test("of a refused connection does not fit, so it arrives unreadable", () => {
    const payload = payloadOf({ ...BEGIN_FAILED, errno: 119 }, JOB);

    expect(payload).toHaveLength(199);
    expect(() => JSON.parse(new TextDecoder().decode(payload)) as unknown).toThrow(SyntaxError);
  });

  test("is never longer than 199 bytes, and a fetch never longer than 149, whatever ids there are", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 300 }), fc.string({ maxLength: 300 }), (job, id) => {
        const node = { ...WHO, id };
        expect(payloadOf(BEGIN_FAILED, job, node).length).toBeLessThanOrEqual(199);
        expect(payloadOf({ kind: "fetch" }, undefined, node).length).toBeLessThanOrEqual(149);
      }),
    );
  });

  test("has a time of 32 bits, which turns negative in 2038, and none before 1.6", () => {
    expect(textOf({ reason: "downloading", clockSeconds: 2 ** 31 })).toMatch(/"ts":-2147483648}$/);
    expect(textOf({ reason: "downloading" }, "1.5.7")).not.toMatch(/"ts"/);
  });

  test("without a job id has none, and with a Thread network names it", () => {
    const half = halfOf("1.16");
    const entry = entryOf({ reason: "downloading" });

    expect(half.encode(WHO, entry, undefined)).toMatchObject({
      payload: expect.stringMatching(/^{"status":/) as string,
    });
    expect(half.encode({ ...WHO, networkId: "00c0ffee" }, entry, JOB)).toMatchObject({
      payload: expect.stringContaining('"network_id":"00c0ffee"') as string,
    });
  });
});

test("a release's generation is the newest that is not newer than it", () => {
  const names = [
    "1.16.0",
    "1.12.9",
    "1.12.8",
    "1.12.7",
    "1.12.6",
    "1.7.2",
    "1.7.1",
    "1.6.4",
    "1.6.3",
    "1.6.2",
    "1.5.9",
  ];

  expect(names.map((release) => generationOfRelease(release).name.slice("rainmaker-".length))).toEqual([
    "1.16",
    "1.16",
    "1.12.7",
    "1.12.7",
    "1.7.2",
    "1.7.2",
    "1.6.4",
    "1.6.4",
    "1.6.3",
    "1.6.0",
    "1.5.7",
  ]);
  expect(generationOfRelease("2022-11 @de07b6c").name).toBe("rainmaker-2022-11");
  expect(generationOfRelease("2023-03").name).toBe("rainmaker-2023-03");
});

function halfOf(release: string): ReturnType<typeof rainmaker.node> {
  return rainmaker.node({ baseUrl: "", generation: generationOfRelease(release), settings: {} });
}

function payloadOf(changes: Partial<OutboxEntry>, job: string | undefined, who = WHO, release = "1.16"): Uint8Array {
  const wire = halfOf(release).encode(who, entryOf(changes), job);
  if (wire.via !== "mqtt") throw new Error("RainMaker speaks MQTT");
  return typeof wire.payload === "string" ? new TextEncoder().encode(wire.payload) : wire.payload;
}

function textOf(changes: Partial<OutboxEntry>, release = "1.16"): string {
  return new TextDecoder().decode(payloadOf(changes, JOB, WHO, release));
}

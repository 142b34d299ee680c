/** What every adapter keeps, whatever its backend: run by the test of each. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Adapter, HttpReply, NodeHalf, NodeIdentity } from "../../src/adapters/adapter.ts";
import { STATUSES, type OutboxEntry } from "../../src/node/report.ts";
import { REASONS } from "../../src/measure/status-code.ts";
import { entryOf } from "../adapters/entries.ts";

const WHO: NodeIdentity = {
  id: "node-7",
  secret: "s3cret",
  project: "thermostat",
  version: "1.4.2",
  name: "hall",
  networkId: undefined,
};

export function keepsAdapterContract(adapter: Adapter): void {
  for (const [name, generation] of Object.entries(adapter.generations)) {
    const half = adapter.node({ baseUrl: "http://127.0.0.1:9", generation, settings: {} });

    describe(`${adapter.kind}, a node of ${name}`, () => keepsNodeHalfContract(half));
  }

  describe(adapter.kind, () => {
    test("names its generations as it lists them, the default among them", () => {
      for (const [name, generation] of Object.entries(adapter.generations)) expect(generation.name).toBe(name);
      expect(Object.keys(adapter.generations)).toContain(adapter.defaultGeneration);
    });

    test("gives every generation at least one attempt and delays that are no end of time", () => {
      for (const { attemptsMax, retryDelaysMs, unsentRetryDelaysMs } of Object.values(adapter.generations)) {
        expect(attemptsMax).toBeGreaterThan(0);
        for (const delays of [retryDelaysMs, unsentRetryDelaysMs]) {
          expect(delays.length).toBeGreaterThan(0);
          expect(delays.every((ms) => ms >= 1_000 && Number.isFinite(ms))).toBe(true);
        }
      }
    });
  });
}

function keepsNodeHalfContract(half: NodeHalf): void {
  test("equal arguments give equal bytes, and no argument is changed", () => {
    fc.assert(
      fc.property(ENTRY, fc.option(fc.string(), { nil: undefined }), (entry, job) => {
        const before = { ...entry };

        expect(half.encode(WHO, entry, job)).toEqual(half.encode({ ...WHO }, { ...entry }, job));
        expect(entry).toEqual(before);
      }),
    );
    expect(half.greeting(WHO)).toEqual(half.greeting({ ...WHO }));
    expect(half.imageRequest("https://h/x.bin", 1_024, true)).toEqual(
      half.imageRequest("https://h/x.bin", 1_024, true),
    );
  });

  test("every status and reason has its words", () => {
    for (const status of STATUSES) {
      for (const reason of REASONS) {
        const wire = half.encode(WHO, entryOf({ status, reason }), "job-1");
        const body = wire.via === "mqtt" ? wire.payload : wire.body;
        const text = typeof body === "string" ? body : new TextDecoder().decode(body);

        expect(text).toContain(status);
        expect(text).toContain("job-1");
        expect(text).not.toContain("undefined");
      }
    }
  });

  test("what it does not know of topics and bodies never throws, and is no offer that could be begun", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 200 }), (topic, payload) => {
        for (const where of [topic, ...half.offerTopics(WHO)]) {
          const heard = half.hear(WHO, where, payload);
          if (heard.kind === "offer") expect(heard.offer.flaw).toBeDefined();
        }
      }),
    );
  });

  test("an answer of any status and body never throws", () => {
    const reply = fc.record<HttpReply>({
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 204, 206)),
      headers: fc.dictionary(fc.constantFrom("content-length", "content-range", "content-type"), fc.string()),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
    });
    fc.assert(
      fc.property(ENTRY, reply, fc.nat(9_999), fc.boolean(), (entry, answer, fromBytes, isRanged) => {
        const heard = half.hearReply(WHO, entry, answer);
        expect(["offer", "acknowledged", "nothing offered", "failed", "ignored"]).toContain(heard.kind);
        const head = half.imageHead(answer, fromBytes, isRanged);
        if (head.kind === "begun") expect(head.fromBytes).toBe(isRanged ? fromBytes : 0);
      }),
    );
  });

  test("the image is asked for whole, or from a byte on, and a part needs a 206 from that very byte", () => {
    const whole = half.imageRequest("https://h/x.bin", 0, false);
    const part = half.imageRequest("https://h/x.bin", 2_048, true);
    const body = { headers: { "content-length": "10" } };
    const range = (start: number) => ({ headers: { "content-range": `bytes ${start}-9/10` } });

    expect([whole.url, whole.headers["range"]]).toEqual(["https://h/x.bin", undefined]);
    expect(part.headers["range"]).toBe("bytes=2048-");
    expect(half.imageRequest("https://h/x.bin", 0, true).headers["range"]).toBe("bytes=0-");
    expect(half.imageHead({ status: 200, ...body }, 0, false)).toEqual({
      kind: "begun",
      fromBytes: 0,
      lengthBytes: 10,
    });
    expect(half.imageHead({ status: 206, ...range(2_048) }, 2_048, true)).toMatchObject({
      kind: "begun",
      fromBytes: 2_048,
    });
    expect(half.imageHead({ status: 206, ...range(1_024) }, 2_048, true)).toEqual({ kind: "range refused" });
    expect(half.imageHead({ status: 200, ...body }, 2_048, true)).toEqual({ kind: "range refused" });
    expect(half.imageHead({ status: 416, headers: {} }, 2_048, true)).toEqual({ kind: "range refused" });
    for (const status of [204, 301, 403, 404, 500, 503]) {
      expect(half.imageHead({ status, headers: {} }, 0, false)).toMatchObject({ kind: "failed" });
      expect(half.imageHead({ status, headers: {} }, 2_048, true)).toMatchObject({ kind: "failed" });
    }
  });

  test("a link that is none has no topics, and one of MQTT has offers to subscribe to", () => {
    const topics = half.offerTopics(WHO);

    expect(topics.length > 0).toBe(half.link === "mqtt");
    for (const topic of topics) expect(topic).toContain(WHO.id);
    for (const message of half.greeting(WHO)) expect(message.via).toBe(half.link === "mqtt" ? "mqtt" : "http");
  });

  test("an offer for another node is not this one's", () => {
    const body = new TextEncoder().encode('{"ota_job_id":"j","url":"https://h/x"}');

    for (const topic of half.offerTopics({ ...WHO, id: "node-8" })) {
      expect(half.hear(WHO, topic, body).kind).toBe("ignored");
    }
  });
}

const ENTRY: fc.Arbitrary<OutboxEntry> = fc
  .record({
    kind: fc.constantFrom("fetch" as const, "report" as const),
    status: fc.constantFrom(...STATUSES),
    reason: fc.constantFrom(...REASONS),
    attempt: fc.nat(3),
    err: fc.constantFrom("", "ESP_FAIL", "ESP_ERR_HTTP_CONNECT"),
    errno: fc.nat(130),
    clockSeconds: fc.integer({ min: 0, max: 2 ** 33 }),
  })
  .map(entryOf);

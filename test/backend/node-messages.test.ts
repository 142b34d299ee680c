import fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig, readFetch, readStatus } from "../../src/backend/serve/node-messages.ts";

test("whatever bytes a node sends, reading them never throws", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc
      .dictionary(fc.constantFrom("ota_job_id", "status", "ts", "fw_version", "info", "__proto__"), fc.jsonValue())
      .map(encode),
  );
  fc.assert(
    fc.property(bytes, (payload) => {
      for (const read of [readFetch, readStatus, readConfig]) read(payload);
    }),
  );
});

test("a status that is cut anywhere cannot be read, and whole it can", () => {
  const text = '{"ota_job_id":"job","status":"failed","additional_info":"text","ts":1800000000}';

  for (let length = 0; length < text.length; length++)
    expect(readStatus(Buffer.from(text.slice(0, length)))).toBeUndefined();

  expect(readStatus(Buffer.from(text))).toEqual({
    jobId: "job",
    status: "failed",
    text: "text",
    seconds: 1_800_000_000,
  });
});

test("a status without a job id is read, for a job that nobody knows", () => {
  expect(readStatus(encode({ status: "failed", additional_info: 7, ts: "x" }))).toEqual({
    jobId: "",
    status: "failed",
    text: "",
    seconds: undefined,
  });
});

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

test("a config tells project, version, type and model, each only where it is a text", () => {
  const info = { project_name: "p", fw_version: "1", type: "switch", model: "s1" };

  expect(readConfig(encode({ info }))).toEqual({ project: "p", version: "1", type: "switch", model: "s1" });
  expect(readConfig(encode({ info: { type: 7 } }))).toEqual({
    project: undefined,
    version: undefined,
    type: undefined,
    model: undefined,
  });
  expect(readConfig(encode({ info: "switch" }))).toBeUndefined();
});

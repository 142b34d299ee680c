import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { inOneProcess } from "./one-process.ts";
import { otafleet, PROJECT, SMALL_SCENARIO } from "./otafleet.ts";

test.concurrent("otafleet schema prints a JSON Schema that accepts every shipped scenario", async () => {
  const { code, stdout, stderr } = await otafleet(["schema"]);
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout) as object);

  expect([code, stderr]).toEqual([0, ""]);
  const folder = join(PROJECT, "scenarios");
  const shipped = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  expect(shipped).not.toEqual([]);
  for (const name of shipped) {
    expect(validate(parse(readFileSync(join(folder, name), "utf8"))), name).toBe(true);
  }
  expect(validate(parse(SMALL_SCENARIO))).toBe(true);
  expect(validate(parse(SMALL_SCENARIO.replace("nodes: 40", "nodez: 40")))).toBe(false);
});

test.concurrent("otafleet schema result prints the JSON Schema of result.json", async () => {
  const { code, stdout } = await inOneProcess(["schema", "result"]);
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout) as object);

  expect(code).toBe(0);
  expect(validate({ schema: "otafleet/result" })).toBe(false);
  expect(stdout).toContain('"thresholds"');
});

test.concurrent("otafleet schema api prints the OpenAPI document of the embedded backend", async () => {
  const { code, stdout, stderr } = await inOneProcess(["schema", "api"]);
  const document = JSON.parse(stdout) as { openapi: string; paths: object };

  expect([code, stderr]).toEqual([0, ""]);
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toContain("/v1/admin/otajob");
});

test.concurrent("otafleet schema says the same when scenario is named", async () => {
  const [named, unnamed] = await Promise.all([inOneProcess(["schema", "scenario"]), inOneProcess(["schema"])]);

  expect(named.stdout).toBe(unnamed.stdout);
});

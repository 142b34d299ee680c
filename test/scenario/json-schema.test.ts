import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { scenarioJsonSchema } from "../../src/scenario/json-schema.ts";
import { scenarioText } from "./reading.ts";

const schema: unknown = scenarioJsonSchema();

test("every key of a scenario has a description", () => {
  const silent: string[] = [];
  walk(schema, "", (path, property) => {
    if (typeof property["description"] !== "string" || property["description"].length < 5) silent.push(path);
  });

  expect(silent).toEqual([]);
});

test("defaults are published, and those that are only a model say so", () => {
  const found = new Map<string, Record<string, unknown>>();
  walk(schema, "", (path, property) => found.set(path, property));

  expect(found.get("clock.speed")?.["default"]).toBe(1);
  const throughput = [...found].find(([path]) => path.endsWith("link.throughput"))?.[1];
  expect(throughput?.["default"]).toEqual({ lognormal: { p50: "50KB/s", p95: "120KB/s" } });
  expect(throughput?.["description"]).toContain("a model, not a measurement");
  expect(JSON.stringify(schema)).not.toContain("preset");
});

test("limits that a pattern cannot say stand in the description, and so do the names of thresholds", () => {
  const found = new Map<string, string>();
  walk(schema, "", (path, { description }) => found.set(path, String(description)));
  const saidAt = (end: string) => [...found].find(([path]) => path.endsWith(end))?.[1];

  expect(saidAt("autofetch.every")).toContain("at least 1m");
  expect(saidAt("end.after")).toContain("at least 1s");
  expect(saidAt(".timeout")).toContain("from 1s to 30d");
  expect(saidAt("make.size")).toContain("4KiB to 16MiB");
  for (const name of ["completion", "outcome.unfinished.delayed", "truth.misled"])
    expect(saidAt("thresholds")).toContain(name);
});

test("the shipped scenario fits the published schema, and a slip of the pen does not", () => {
  const validate = new Ajv2020({ strict: false }).compile(schema as object);
  const shipped = readFileSync(new URL("../../scenarios/first-rollout.yaml", import.meta.url), "utf8");

  expect(validate(parse(shipped)), JSON.stringify(validate.errors)).toBe(true);
  expect(validate(parse(scenarioText()))).toBe(true);
  expect(validate(parse(scenarioText({ more: "seeed: 1" })))).toBe(false);
  expect(validate(parse(scenarioText({ end: "{ after: 72 }" })))).toBe(false);
});

function walk(node: unknown, path: string, visit: (path: string, property: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, path, visit);
  if (typeof node !== "object" || node === null || Array.isArray(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key !== "properties") {
      if (key !== "default" && key !== "examples") walk(value, path, visit);
      continue;
    }
    for (const [name, property] of Object.entries(value as Record<string, Record<string, unknown>>)) {
      const inner = path === "" ? name : `${path}.${name}`;
      visit(inner, property);
      walk(property, inner, visit);
    }
  }
}

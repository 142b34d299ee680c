import { expect, test } from "vitest";
import type { NodeIdentity } from "../../src/adapters/adapter.ts";
import { rainmaker } from "../../src/adapters/rainmaker/adapter.ts";
import { readConfig } from "../../src/backend/serve/node-messages.ts";

const WHO: NodeIdentity = {
  id: "node-7",
  secret: "s",
  project: "thermostat",
  version: "1.4.2",
  name: "hall",
  networkId: undefined,
};

test.each([
  ["its own type and model", { type: "esp.node.switch", model: "s1" }, { type: "esp.node.switch", model: "s1" }],
  ["the project for both where it has none", {}, { type: "thermostat", model: "thermostat" }],
])("a node's config tells %s, and the backend reads it", (_name, more, told) => {
  const generation = rainmaker.generations[rainmaker.defaultGeneration]!;
  const half = rainmaker.node({ baseUrl: "", generation, settings: {} });

  const [config] = half.greeting({ ...WHO, ...more });

  expect(config).toMatchObject({ via: "mqtt", topic: "$aws/rules/esp_node_config/node/node-7/config" });
  const payload = config?.via === "mqtt" ? config.payload : "";
  expect(readConfig(Buffer.from(payload))).toEqual({ project: "thermostat", version: "1.4.2", ...told });
});

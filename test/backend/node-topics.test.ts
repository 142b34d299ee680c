import fc from "fast-check";
import { expect, test } from "vitest";
import { isOwnDownTopic, isOwnWillTopic, readUpTopic } from "../../src/backend/serve/node-topics.ts";

const UP = ["config", "params/local", "params/local/init", "alert", "user/mapping", "otafetch", "otastatus"];
const RULES = [
  "esp_node_config",
  "esp_set_params",
  "esp_init_params",
  "esp_node_alert",
  "esp_user_node_mapping",
  "esp_node_otafetch",
  "esp_node_otastatus",
];
const IDS = ["n1", "n10", "n", "N1", "n1/x", "+", "#", ""];

test.each(UP.map((suffix, index) => [suffix, RULES[index]]))(
  "a node may publish on its own %s, and through %s",
  (suffix, rule) => {
    expect(readUpTopic("n1", `node/n1/${suffix}`)).toBe(suffix);
    expect(readUpTopic("n1", `$aws/rules/${rule}/node/n1/${suffix}`)).toBe(suffix);
  },
);

test("no node may publish, subscribe or leave a will under any other node's id", () => {
  for (const id of IDS) {
    for (const suffix of [...UP, "otaurl", "params/remote", "to-node", "#", "+"]) {
      const topic = `node/${id}/${suffix}`;
      const isOwn = id === "n1";
      expect(readUpTopic("n1", topic) !== undefined).toBe(isOwn && UP.includes(suffix));
      expect(isOwnDownTopic("n1", topic)).toBe(isOwn && ["otaurl", "params/remote", "to-node"].includes(suffix));
      expect(isOwnWillTopic("n1", topic)).toBe(isOwn && suffix === "params/local");
      for (const rule of [...RULES, "", "esp_node_otafetch/esp_node_otafetch"]) {
        const allowed = isOwn && UP.includes(suffix) && RULES[UP.indexOf(suffix)] === rule;
        expect(readUpTopic("n1", `$aws/rules/${rule}/${topic}`) !== undefined).toBe(allowed);
      }
    }
  }
});

test("whatever topic a node names, it is one of its own or refused", () => {
  const part = fc.constantFrom(
    "node",
    "n1",
    "n2",
    "$aws",
    "rules",
    "otafetch",
    "otaurl",
    "esp_node_otafetch",
    "",
    "constructor",
    "+",
    "\0",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const topic = parts.join("/");
      const allowed = ["node/n1/otafetch", "$aws/rules/esp_node_otafetch/node/n1/otafetch"];

      expect(readUpTopic("n1", topic) !== undefined).toBe(allowed.includes(topic));
      expect(isOwnDownTopic("n1", topic)).toBe(topic === "node/n1/otaurl");
    }),
    { numRuns: 500 },
  );
});

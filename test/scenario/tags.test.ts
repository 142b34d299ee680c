import { describe, expect, test } from "vitest";
import { TAG_CHARACTERS_MAX, TAGS_MAX } from "../../src/scenario/tags-schema.ts";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { mistakesIn, scenarioOf, scenarioText } from "./reading.ts";

const TEXT = scenarioText({ more: "tags: { branch: main, build: '1.10' }" });

describe("tags", () => {
  test("stand in the scenario, in their order, and are texts", () => {
    expect(Object.entries(scenarioOf(TEXT).tags)).toEqual([
      ["branch", "main"],
      ["build", "1.10"],
    ]);
    expect(scenarioOf(scenarioText()).tags).toEqual({});
  });

  test("of the command line are added to the file's, replace those of the same name, and stay texts", () => {
    const tag = ["build=7", "url=https://ci.example/?a=b", "build=8"];

    expect(scenarioOf(TEXT, { tag }).tags).toEqual({ branch: "main", build: "8", url: "https://ci.example/?a=b" });
    expect(scenarioOf(scenarioText(), { tag: ["a=true"] }).tags).toEqual({ a: "true" });
  });

  test("are printed and read again alike", () => {
    const scenario = scenarioOf(TEXT, { tag: ["yes=no", "n=1"] });

    expect(scenarioOf(printScenario(scenario))).toEqual(scenario);
  });

  test.each([
    ["a name of 32 characters", `${"a".repeat(32)}=x`],
    ["a value of 128 characters", `a=${"x".repeat(128)}`],
    ["an equals sign in the value", "a=="],
    ["another script and emoji in the value", "wer=Jürgen 早 🎉"],
  ])("may have %s", (_, tag) => {
    expect(Object.keys(scenarioOf(scenarioText(), { tag: [tag] }).tags)).toHaveLength(1);
  });

  test.each([
    ["no value", "commit", "--tag commit is no NAME=VALUE | write for example --tag commit=3fa1c2e"],
    ["no name", "=x", "--tag =x is no NAME=VALUE | write for example --tag commit=3fa1c2e"],
    ["a name of JavaScript's own", "__proto__=x", "--tag __proto__=x is no NAME=VALUE"],
    ["a name that begins with a digit", "1a=x", "tags.1a is no name of a tag | must be a letter"],
    ["a name with a space", "a b=x", "tags.a b is no name of a tag | must be a letter"],
    ["a name of 33 characters", `${"a".repeat(33)}=x`, "is no name of a tag | must be a letter"],
    ["an empty value", "a=", 'tags.a is "" | must be a tag\'s value: text of 1 to 128 characters'],
    ["a value of 129 characters", `a=${"x".repeat(129)}`, "must be a tag's value: text of 1 to 128 characters"],
    ["a control character", "a=x\u001b[2J", "must be a tag's value: text of 1 to 128 characters, without control"],
    ["a character that turns its neighbours", "a=\u202egnp", "must be a tag's value"],
  ])("with %s are refused with one error", (_, tag, expected) => {
    const mistakes = mistakesIn(scenarioText(), { tag: [tag] });

    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(expected);
  });

  test("that are numbers in YAML are refused with the advice to quote them", () => {
    expect(mistakesIn(scenarioText({ more: "tags: { build: 1.10 }" }))).toEqual([
      expect.stringMatching(/tags\.build is 1\.10 \| must be .*; in quotes if it looks like a number/),
    ]);
    expect(mistakesIn(scenarioText({ more: "tags: main" }))).toEqual([
      expect.stringContaining('tags is "main" | must be a mapping of names to texts'),
    ]);
  });

  test("are at most 16, and at most 256 characters in all", () => {
    const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${index}=x`);
    const long = (last: number): string[] => [`a=${"x".repeat(127)}`, `b=${"x".repeat(last)}`];

    expect(Object.keys(scenarioOf(scenarioText(), { tag: many(TAGS_MAX) }).tags)).toHaveLength(TAGS_MAX);
    expect(mistakesIn(scenarioText(), { tag: many(TAGS_MAX + 1) })).toEqual([
      expect.stringContaining("must be at most 16 tags"),
    ]);
    expect(scenarioOf(scenarioText(), { tag: long(TAG_CHARACTERS_MAX - 129) }).tags["b"]).toHaveLength(127);
    expect(mistakesIn(scenarioText(), { tag: long(TAG_CHARACTERS_MAX - 128) })).toEqual([
      expect.stringContaining("must be at most 256 characters in all, names and values; these are 257"),
    ]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LenientObject } from "../../src/adapters/rainmaker/lenient-json.ts";

describe("JSON as a node reads it", () => {
  test("never throws and never hangs, whatever the text", () => {
    const noise = fc.stringMatching(/^[{}[\]:,"\\u0-9a-f tn-]{0,60}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), noise, fc.json()), fc.string(), (text, key) => {
        const read = LenientObject.parse(text);

        for (const name of [key, "a", "url", ""]) {
          read?.string(name);
          read?.int(name);
          read?.object(name)?.int(name);
          read?.objectText(name);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("reads what a real parser reads, where no text is escaped and no key doubled", () => {
    const plain = fc.stringMatching(/^[ -!#-[\]-~]{0,12}$/);
    const leaf = fc.oneof(plain, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("tree"), { maxLength: 3 }), fc.dictionary(plain, tie("tree"))),
    }));
    fc.assert(
      fc.property(fc.dictionary(plain, tree, { maxKeys: 6 }), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const read = LenientObject.parse(JSON.stringify(value, null, indent));

        expect(read).toBeDefined();
        for (const [key, member] of Object.entries(value)) {
          const isObject = typeof member === "object" && member !== null && !Array.isArray(member);
          expect(read?.string(key)).toBe(typeof member === "string" ? member : undefined);
          expect(read?.int(key)).toBe(typeof member === "number" ? member : undefined);
          expect(JSON.parse(read?.objectText(key) ?? "null")).toEqual(isObject ? member : null);
        }
        expect(read?.string("not there, as it is too long")).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("leaves escapes as they are written, in values and in keys", () => {
    const read = LenientObject.parse(String.raw`{"url":"https:\/\/h\u0026","a\u0062":"x"}`);

    expect(read?.string("url")).toBe(String.raw`https:\/\/h\u0026`);
    expect(read?.string("ab")).toBeUndefined();
    expect(read?.string(String.raw`a\u0062`)).toBe("x");
  });

  test("takes the first of two equal keys, also where its type is wrong", () => {
    expect(LenientObject.parse('{"a":"1","a":"2"}')?.string("a")).toBe("1");
    expect(LenientObject.parse('{"a":1,"a":"2"}')?.string("a")).toBeUndefined();
  });

  test("has 32 bits for a number", () => {
    const int = (number: string): number | undefined => LenientObject.parse(`{"a":${number}}`)?.int("a");

    expect(int("2147483647")).toBe(2 ** 31 - 1);
    expect(int("2147483648")).toBe(-(2 ** 31));
    expect(int("4294967294")).toBe(-2);
    expect(int("4294967295")).toBe(-1);
    expect(int("1770000000000")).toBe(-1);
    expect(int("1.5")).toBeUndefined();
    expect(int("true")).toBeUndefined();
  });

  test("lets through what the firmware's tokenizer lets through", () => {
    for (const text of ['{"a":1,}', '{"a":1,,"b":2}', '{"a":01}', '{"a":1}{"a":2}', '{"a":1}\0x']) {
      expect(LenientObject.parse(text)?.int("a"), text).toBe(1);
    }
    expect(LenientObject.parse('{"a" "b"}')?.string("a")).toBe("b");
    expect(LenientObject.parse('{"a":"b\u0001\n"}')?.string("a")).toBe("b\u0001\n");
  });

  test("refuses what it refuses", () => {
    for (const text of [
      "{'a':1}",
      "{a:1}",
      '{"a":1}}',
      '{"a":1',
      'x{"a":1}',
      '\uFEFF{"a":1}',
      String.raw`{"a":"\q"}`,
      "",
    ]) {
      expect(LenientObject.parse(text), text).toBeUndefined();
    }
  });

  test("takes a deep nesting without running out of stack", () => {
    const deep = `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)},"b":7}`;

    expect(LenientObject.parse(deep)?.int("b")).toBe(7);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import {
  COMBINATIONS_MAX,
  combinationsOf,
  KNOB_VALUES_MAX,
  listedValues,
  parseKnobs,
} from "../../src/scenario/knob.ts";
import { scaleOf } from "../../src/scenario/knob-scale.ts";

describe("knobs", () => {
  test("make every combination, the first knob changing slowest", () => {
    const knobs = parseKnobs(["autofetch.every=1h,6h", "nodes=10,20,30"]);

    expect(combinationsOf(knobs)).toEqual([
      ["1h", "10"],
      ["1h", "20"],
      ["1h", "30"],
      ["6h", "10"],
      ["6h", "20"],
      ["6h", "30"],
    ]);
  });

  test("have values with commas inside of brackets, braces and quotes", () => {
    expect(listedValues('a, {x: 1, y: [2, 3]},"b,c" , 5%')).toEqual(["a", "{x: 1, y: [2, 3]}", '"b,c"', "5%"]);
  });

  test("are of any text that is listed, and each value comes back as it was", () => {
    const value = fc.stringMatching(/^[\w.%/]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(value, { minLength: 1, maxLength: 20 }), (values) => {
        expect(parseKnobs([`a.b=${values.join(",")}`])).toEqual([{ path: "a.b", values }]);
      }),
    );
  });

  const many = (count: number): string => Array.from({ length: count }, (_, at) => at).join(",");
  test.each([
    [
      ["speed"],
      "--sweep speed: has no KEY=V1,V2; write --sweep KEY=V1,V2,..., for example --sweep autofetch.every=1h,6h,24h",
    ],
    [["=5"], "--sweep =5: has no KEY=V1,V2; write"],
    [["nodes="], "--sweep nodes=: has no values; write"],
    [["nodes=5,,6"], "--sweep nodes=5,,6: has an empty value; write"],
    [["nodes=5,6,5"], "--sweep nodes=5,6,5: has the value 5 twice; name each value once"],
    [["nodes=5", "nodes=6"], "--sweep nodes: is there twice; put its values into one list"],
    [[`nodes=${many(KNOB_VALUES_MAX + 1)}`], `has ${KNOB_VALUES_MAX + 1} values; must have at most ${KNOB_VALUES_MAX}`],
    [["a=1", "b=1", "c=1", "d=1", "e=1"], "--sweep: is there 5 times; give at most 4 of them"],
    [
      [`a=${many(26)}`, `b=${many(20)}`],
      `--sweep: makes 26 x 20 = 520 combinations; must make at most ${COMBINATIONS_MAX}`,
    ],
  ])("%j are refused", (texts, message) => {
    expect(() => parseKnobs(texts)).toThrow(UserError);
    expect(() => parseKnobs(texts)).toThrow(message);
  });

  test("tell all their mistakes at once", () => {
    expect(() => parseKnobs(["x", "y=", "z=1,1"])).toThrow(/no KEY[^]*no values[^]*twice/);
  });
});

describe("scales", () => {
  test.each([
    [["1h", "24h"], "3h", 3 * 3_600e6],
    [["100Mbit/s", "10Gbit/s"], "2.5Gbit/s", 2_500],
    [["50KiB/s", "1MiB/s"], "200KiB/s", 200],
    [["1MB", "2MB"], "1500KB", 1.5],
    [["1%", "50%"], "2.5%", 2.5],
    [["100/s", "3000/s"], "500/s", 500],
    [["10", "5000"], "75", 75],
    [["0.5", "2"], "1.25", 1.25],
  ])("of %j read %s", (texts, text, value) => {
    expect(scaleOf(texts)?.parse(text)).toBe(value);
  });

  test.each([
    [["1h", "5"]],
    [["fast", "slow"]],
    [["{a: 1}", "{a: 2}"]],
    [["1e3", "2e3x"]],
    [["5MB", "5Mbit/s"]],
    [["", "1"]],
    [[]],
  ])("%j are no numbers of one kind", (texts) => {
    expect(scaleOf(texts)).toBeUndefined();
  });

  test("go on in round values between two others", () => {
    const between = (low: string, high: string): string | undefined => {
      const scale = scaleOf([low, high]);
      const middle = scale?.middle(scale.parse(low) ?? 0, scale.parse(high) ?? 0);
      return middle === undefined ? undefined : scale?.print(middle);
    };

    expect(between("1h", "24h")).toBe("6h");
    expect(between("1h", "2h")).toBe("1h30m");
    expect(between("100Mbit/s", "10Gbit/s")).toBe("2Gbit/s");
    expect(between("1%", "2%")).toBe("1.5%");
    expect(between("10", "11")).toBeUndefined();
    expect(between("10", "12")).toBe("11");
  });

  test.each([
    ["1MB", "500", "500MB"],
    ["1GB", "0.5", "500MB"],
    ["1MB", "2000", "2GB"],
    ["1MB", "1500", "1.5GB"],
    ["1MB", "1.5", "1.5MB"],
    ["1MB", "0.0005", "500B"],
    ["1kbit/s", "2500000", "2.5Gbit/s"],
    ["1Gbit/s", "0.1", "100Mbit/s"],
    ["1KiB", "1024", "1MiB"],
    ["1KiB", "2000", "2000KiB"],
    ["1GiB", "2048", "2048GiB"],
    ["1GiB", "0.5", "0.5GiB"],
    ["1GiB/s", "0.5", "512MiB/s"],
    ["1TiB", "0.5", "512GiB"],
    ["1TiB", "2048", "2PiB"],
    ["1Mbit/s", "12345.6", "12.3456Gbit/s"],
    ["1%", "0.5", "0.5%"],
    ["1/s", "2000", "2000/s"],
    ["0.5", "0.25", "0.25"],
  ])("that begin with %s print %s of it as %s: in the unit that suits the value", (first, value, text) => {
    const scale = scaleOf([first]);

    expect(scale?.print(Number(value))).toBe(text);
    expect(scale?.parse(text)).toBe(Number(value));
  });

  test("always find a value strictly between two whole numbers that are no neighbours", () => {
    const scale = scaleOf(["1", "2"]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 2, max: 1e9 }), (low, span) => {
        const middle = scale?.middle(low, low + span) ?? NaN;
        expect(Number.isInteger(middle) && middle > low && middle < low + span).toBe(true);
      }),
    );
  });

  test("print what reads as the same again, whatever was doubled or halved", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("7h", "90s", "1.5MB", "333Mbit/s", "12%", "4096"),
        fc.integer({ min: -8, max: 8 }),
        (text, power) => {
          const scale = scaleOf([text]);
          const value = scale?.scaled(scale.parse(text) ?? 0, 2 ** power);
          if (scale !== undefined && value !== undefined) expect(scale.parse(scale.print(value))).toBeCloseTo(value, 6);
        },
      ),
    );
  });
});

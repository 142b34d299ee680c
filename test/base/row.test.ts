import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bool, f32, instant, oneOf, Part, row, struct, u8, u16, u32 } from "../../src/base/row.ts";

class Lamp extends struct({
  isLit: bool,
  colour: oneOf(["red", "green", "blue"]),
  isWarm: bool,
  hours: u16,
  burnsOutAtUs: instant,
}) {
  get label(): string {
    return `${this.colour} ${this.hours}`;
  }
}
class Switches extends struct({
  a: bool,
  b: bool,
  c: bool,
  d: bool,
  e: bool,
  f: bool,
  g: bool,
  h: bool,
  i: bool,
  count: u32,
  volume: f32,
  level: u8,
}) {}
class House extends row({ lamp: Lamp, switches: Switches }) {}

const flags = ["a", "b", "c", "d", "e", "f", "g", "h", "i"] as const;

describe("row", () => {
  test("a row is as wide as its fields, eight flags to a byte, in whole eights", () => {
    expect(row({ lamp: Lamp }).bytes).toBe(16); // 8 + 2 + 1, and 2 flags
    expect(row({ switches: Switches }).bytes).toBe(16); // 4 + 4 + 1, and 9 flags
    expect(House.bytes).toBe(24); // 8 + 4 + 4 + 2 + 1 + 1, and 11 flags
  });

  test("what a field is set to is read back, and no other field changes", () => {
    const value = fc.record({
      isLit: fc.boolean(),
      colour: fc.constantFrom("red" as const, "green" as const, "blue" as const),
      isWarm: fc.boolean(),
      hours: fc.nat(65_535),
      burnsOutAtUs: fc.oneof(fc.maxSafeInteger(), fc.constant(Infinity)),
    });
    fc.assert(
      fc.property(value, value, fc.nat(2), (before, after, slot) => {
        const house = houses();
        house.moveTo(slot);
        Object.assign(house.lamp, before);
        Object.assign(house.switches, { count: 4_000_000_000, volume: 0.5, level: 255 });
        for (const name of Object.keys(after) as (keyof typeof after)[]) {
          Object.assign(house.lamp, { [name]: after[name] });
          const expected = { ...before, ...Object.fromEntries(done(after, name)) };

          expect(shown(house.lamp)).toEqual(expected);
        }
        expect(shown(house.switches)).toMatchObject({ count: 4_000_000_000, volume: 0.5, level: 255 });
      }),
    );
  });

  test("flags that share a byte are set and cleared alone", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...flags), fc.boolean())), (changes) => {
        const { switches } = houses();
        const model = new Map<string, boolean>();
        for (const [name, value] of changes) {
          switches[name] = value;
          model.set(name, value);

          for (const flag of flags) expect(switches[flag]).toBe(model.get(flag) ?? false);
        }
      }),
    );
  });

  test("rows of one buffer lie side by side and share no byte", () => {
    const house = houses();
    house.moveTo(1);
    house.lamp.hours = 7;
    house.switches.level = 9;
    house.moveTo(0);
    house.lamp.hours = 0xffff;
    house.switches.level = 0xff;

    house.moveTo(1);

    expect([house.lamp.hours, house.switches.level]).toEqual([7, 9]);
    house.moveTo(2);
    expect([house.lamp.hours, house.switches.level]).toEqual([0, 0]);
  });

  test("a part may have getters of its own over its fields", () => {
    const house = houses();
    house.lamp.colour = "green";
    house.lamp.hours = 12;

    expect(house.lamp.label).toBe("green 12");
  });

  test("a part that keeps a field outside its row is refused by name", () => {
    class Leaky extends struct({ hours: u16 }) {
      count = 0;
    }

    expect(() => new (row({ leaky: Leaky }))(new ArrayBuffer(8))).toThrow("part leaky keeps count outside its row");
  });

  test("a part that hides one of its fields behind a key of its own is refused by name", () => {
    class Hiding extends struct({ hours: u16 }) {
      constructor(...at: ConstructorParameters<typeof Part>) {
        super(...at);
        Object.defineProperty(this, "hours", { value: 3, enumerable: true });
      }
    }

    expect(() => new (row({ hiding: Hiding }))(new ArrayBuffer(8))).toThrow("part hiding keeps hours outside its row");
  });

  test("a field of words has at most 256 of them", () => {
    expect(() => oneOf(Array.from({ length: 257 }, (_, n) => `word ${n}`))).toThrow("at most 256");
  });
});

function houses(): House {
  return new House(new ArrayBuffer(3 * House.bytes));
}

function shown(part: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(part), (_, value: unknown) => (value === null ? Infinity : value)) as Record<
    string,
    unknown
  >;
}

/** The entries of a record up to and with one of them. */
function done<T extends object>(of: T, last: keyof T): [string, unknown][] {
  const names = Object.keys(of) as (keyof T)[];
  return names.slice(0, names.indexOf(last) + 1).map((name) => [name as string, of[name]]);
}

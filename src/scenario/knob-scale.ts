/**
 * Knobs with numbers: how their values are read, compared and written, whatever their unit. What a scenario takes is
 * its schema's business; here only the text counts, so that a new key needs nothing new.
 */
import { DAY_US, HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import { DURATION } from "./units.ts";

/** How values of a knob are read and written, as numbers above 0. */
export interface KnobScale {
  /** Undefined for what is no value of this scale. */
  readonly parse: (text: string) => number | undefined;
  readonly print: (value: number) => string;
  /** The roundest value between two others, near their middle; undefined = no value that can be written. */
  readonly middle: (low: number, high: number) => number | undefined;
  /** A value times a factor, in a form that can be written; undefined where nothing is left of it. */
  readonly scaled: (value: number, factor: number) => number | undefined;
}

type Family = readonly (readonly [name: string, size: number])[];

/** Units of one family convert into each other. Others only take part as they are written. */
const FAMILIES: readonly Family[] = [
  [
    ["kbit/s", 1e3],
    ["Mbit/s", 1e6],
    ["Gbit/s", 1e9],
  ],
  ...["", "/s"].flatMap((per) => [
    (["B", "KB", "MB", "GB"] as const).map((name, power) => [`${name}${per}`, 1e3 ** power] as const),
    (["KiB", "MiB", "GiB", "TiB", "PiB"] as const).map((name, power) => [`${name}${per}`, 1024 ** power] as const),
  ]),
];

/** The scale of a knob by values that it may have; undefined where they are no numbers of one kind. */
export function scaleOf(texts: readonly string[]): KnobScale | undefined {
  const [first] = texts;
  if (first === undefined) return undefined;
  if (texts.every((text) => DURATION.parse(text) !== undefined)) return DURATIONS;
  if (texts.every((text) => /^\d{1,15}$/.test(text))) return WHOLE;
  const [, unit] = NUMBER.exec(first) ?? [];
  if (unit === undefined || !texts.every((text) => inUnit(text, unit) !== undefined)) return undefined;
  return numbersOf(unit, printedFamily(texts.map((text) => NUMBER.exec(text)?.[1] ?? unit)));
}

const NUMBER = /^\d{1,15}(?:\.\d{1,15})?([^\d\s.][^\s]{0,20}|)$/;

/** A value in a unit, converted from another of its family. */
function inUnit(text: string, unit: string): number | undefined {
  const own = NUMBER.exec(text)?.[1];
  if (own === undefined) return undefined;
  const number = Number.parseFloat(text);
  if (own === unit) return number;
  const family = FAMILIES.find((units) => units.some(([name]) => name === unit)) ?? [];
  const [from, to] = [own, unit].map((name) => family.find(([known]) => known === name)?.[1]);
  return from === undefined || to === undefined ? undefined : (number * from) / to;
}

/** Numbers of one unit, or of none. */
function numbersOf(unit: string, family: Family): KnobScale {
  return {
    parse: (text) => inUnit(text, unit),
    print: (value) => printed(value, unit, family),
    middle: (low, high) => roundestBetween(low, high, decimalSteps(high)),
    scaled: (value, factor) => positive(Number((value * factor).toPrecision(DIGITS))),
  };
}

/** In the unit of the family that takes the fewest digits, and none below 1: 500MB for 0.5 of GB, 2Gbit/s for 2000. */
function printed(value: number, unit: string, family: Family): string {
  const own = family.find(([name]) => name === unit)?.[1] ?? 1;
  const forms = family.flatMap(([name, size]) => {
    const number = Number(((value * own) / size).toPrecision(12));
    const digits = plain(number);
    return number >= 1 && inUnit(`${digits}${name}`, unit) === value ? [{ text: `${digits}${name}`, digits }] : [];
  });
  const best = forms.reduce<(typeof forms)[number] | undefined>(
    (shortest, form) => (shortest === undefined || form.digits.length <= shortest.digits.length ? form : shortest),
    undefined,
  );
  return best?.text ?? `${plain(value)}${unit}`;
}

/**
 * The units that a key takes which has values in these. Sizes are written from B to GiB, volumes from GiB to PiB: whoever
 * takes the one does not take the other, and where there is nothing but GiB, it may be either.
 */
function printedFamily(units: readonly string[]): Family {
  const family = FAMILIES.find((names) => names.some(([name]) => name === units[0])) ?? [];
  const isLarge = (name: string): boolean => /^[TP]iB/.test(name);
  if (units.some(isLarge)) return family.filter(([name]) => isLarge(name) || name.startsWith("GiB"));
  if (units.every((name) => name === "GiB")) return family.filter(([name]) => name === "GiB");
  return family.filter(([name]) => !isLarge(name));
}

/** More digits than these no knob of a real backend has. */
const DIGITS = 6;

const WHOLE: KnobScale = {
  parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  print: String,
  middle: (low, high) => roundestBetween(low, high, decimalSteps(high, 0)),
  scaled: (value, factor) => positive(Math.round(value * factor)),
};

const DURATION_STEPS: readonly number[] = [
  ...[7, 2, 1].map((days) => days * DAY_US),
  ...[12, 6, 4, 3, 2, 1].map((hours) => hours * HOUR_US),
  ...[30, 20, 15, 10, 5, 2, 1].map((minutes) => minutes * MINUTE_US),
  ...[30, 20, 15, 10, 5, 2, 1].map((seconds) => seconds * SECOND_US),
  ...[500, 200, 100, 50, 20, 10, 5, 2, 1].map((ms) => ms * MILLISECOND_US),
  500,
  200,
  100,
  50,
  20,
  10,
  5,
  2,
  1,
];

const DURATIONS: KnobScale = {
  parse: DURATION.parse,
  print: DURATION.print,
  middle: (low, high) => roundestBetween(low, high, DURATION_STEPS),
  scaled: (value, factor) => positive(roundedDuration(value * factor)),
};

/** To a hundredth, in steps that a person would write. */
function roundedDuration(us: number): number {
  const step = DURATION_STEPS.find((size) => size <= us / 100) ?? 1;
  return Math.round(us / step) * step;
}

/** 5, 2 and 1 times the powers of ten from a size downwards; the least power is so many digits below if none is given. */
function decimalSteps(size: number, leastPower?: number): readonly number[] {
  const top = Math.floor(Math.log10(size));
  const least = leastPower ?? top - DIGITS - 2;
  return Array.from({ length: top - least + 1 }, (_, down) => top - down).flatMap((power) =>
    // As texts: 5 * 10 ** -3 is not what 5e-3 is.
    [5, 2, 1].map((digit) => Number(`${digit}e${power}`)),
  );
}

/**
 * The value that most steps divide within the middle third between two values: 2h rather than 1h57m12s, at the cost of
 * a third of the distance instead of half of it. The middle is the geometric one where the ends are far apart.
 */
function roundestBetween(low: number, high: number, steps: readonly number[]): number | undefined {
  const isFar = high > 2 * low && low > 0;
  const at = (share: number): number => (isFar ? low * (high / low) ** share : low + (high - low) * share);
  const middle = at(1 / 2);
  for (const [from, until] of [[at(1 / 3), at(2 / 3)] as const, [low, high] as const]) {
    for (const step of steps) {
      const value = multipleOf(step, middle);
      if (value > from && value < until && value > low && value < high) return value;
    }
  }
  return undefined;
}

function multipleOf(step: number, value: number): number {
  const multiple = Math.round(value / step) * step;
  return Number.isInteger(step) ? multiple : Number(multiple.toPrecision(12));
}

function positive(value: number): number | undefined {
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

/** Decimal digits without an exponent, as scenarios are written. */
function plain(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(15).replace(/\.?0+$/, "") : text;
}

/**
 * Texts of all characters that Unicode has a place for, one in two of them from ASCII, where most of what must be
 * escaped lies. The unit "binary" of fast-check means the same, and sorts a million characters first: a second of CPU
 * in each process that uses it.
 */
import fc, { type Arbitrary, type StringConstraints } from "fast-check";

const SURROGATES_FROM = 0xd800;
const SURROGATES = 0x800;
const CODE_POINTS = 0x110000;

const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(CODE_POINTS - SURROGATES - 1))
  .map((place) => String.fromCodePoint(place < SURROGATES_FROM ? place : place + SURROGATES));

export function anyText(length: Pick<StringConstraints, "minLength" | "maxLength"> = {}): Arbitrary<string> {
  return fc.string({ ...length, unit: anyCharacter });
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { buildOtadata, otaSlotOf, OTADATA_BYTES, parseOtadata, sequenceCrc } from "../../src/image/otadata.ts";

test("the CRC of a sequence is the one that the bootloader computes", () => {
  expect([1, 2, 3, 4, 5].map(sequenceCrc)).toEqual([0x4743989a, 0x55f63774, 0xed4a5011, 0x709d68a8, 0xc8210fcd]);
  expect(sequenceCrc(0)).toBe(0xffffffff);
});

test("the usable copy with the higher sequence is active, copy 0 in a tie", () => {
  const higher = parseOtadata(
    buildOtadata([
      { sequence: 4, state: "valid" },
      { sequence: 5, state: "new" },
    ]),
  );
  const tie = parseOtadata(
    buildOtadata([
      { sequence: 4, state: "valid" },
      { sequence: 4, state: "new" },
    ]),
  );

  expect(higher?.active).toMatchObject({ sequence: 5, state: "new", isUsable: true });
  expect(tie?.active).toMatchObject({ state: "valid" });
});

test.each(["invalid", "aborted"] as const)("a copy that is %s is not usable, so the other one counts", (state) => {
  const otadata = parseOtadata(
    buildOtadata([
      { sequence: 4, state: "valid" },
      { sequence: 5, state },
    ]),
  );

  expect(otadata?.copies[1]).toMatchObject({ sequence: 5, isCrcRight: true, isUsable: false });
  expect(otadata?.active?.sequence).toBe(4);
});

test("erased sectors leave no active copy", () => {
  expect(parseOtadata(buildOtadata([undefined, undefined]))?.active).toBeUndefined();
});

test("a copy with a wrong CRC is not usable", () => {
  const bytes = buildOtadata([{ sequence: 4, state: "valid" }, undefined]);
  bytes[0] = 6;

  expect(parseOtadata(bytes)?.copies[0]).toMatchObject({ sequence: 6, isCrcRight: false, isUsable: false });
});

test("sequences walk through the slots", () => {
  expect([1, 2, 3, 4].map((sequence) => otaSlotOf(sequence, 2))).toEqual([0, 1, 0, 1]);
});

test("what is built is read back", () => {
  const state = fc.constantFrom("new", "pendingVerify", "valid", "invalid", "aborted", "undefined");
  const copy = fc.record({ sequence: fc.nat(0xfffffffe), state });

  fc.assert(
    fc.property(copy, copy, (first, second) => {
      expect(parseOtadata(buildOtadata([first, second]))?.copies).toMatchObject([first, second]);
    }),
  );
});

test("bytes of another size are no otadata, and no bytes throw", () => {
  expect(parseOtadata(new Uint8Array(OTADATA_BYTES - 1))).toBeUndefined();
  expect(parseOtadata(new Uint8Array(OTADATA_BYTES))?.active).toBeUndefined();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { isAbove, isAsMuchAs, shareCount } from "../../src/scenario/share-of.ts";
import { SHARE } from "../../src/scenario/units.ts";

test("a count that is a share of a whole is it, not above it and not below, in whole numbers of thousandths", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 10_000 }), (thousandths, thousands) => {
      const share = SHARE.parse(`${Math.floor(thousandths / 10)}.${thousandths % 10}%`) ?? NaN;
      const [count, whole] = [thousandths * thousands, 1_000 * thousands];

      expect(shareCount(share, whole)).toBe(count);
      expect([count, count + 1].map((each) => isAbove(each, share, whole))).toEqual([false, true]);
      expect([count - 1, count].map((each) => isAsMuchAs(each, share, whole))).toEqual([false, true]);
    }),
    {
      examples: [
        [290, 1],
        [7, 1],
        [550, 1],
      ],
    },
  );
});

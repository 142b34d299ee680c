import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutText, harmlessLine, visible } from "../../src/report/text-cleaning.ts";
import { anyText } from "../base/any-text.ts";
import { HOSTILE } from "./hostile-strings.ts";

/** What a terminal acts on, what turns or hides a neighbour, and what is no character. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("visible", () => {
  test("writes control characters as \\x and two hexadecimal digits", () => {
    expect(visible("\u001b[2J\u0007\b\r\n\t\u0000\u007f\u009b")).toBe(
      "\\x1b[2J\\x07\\x08\\x0d\\x0a\\x09\\x00\\x7f\\x9b",
    );
  });

  test("writes bidi overrides, zero-width characters and lone surrogates as \\u{...}", () => {
    expect(visible("a\u202eb\u200bc\ufeffd\ud800e")).toBe("a\\u{202e}b\\u{200b}c\\u{feff}d\\u{d800}e");
  });

  test("leaves letters of every script and emoji alone", () => {
    expect(visible("Küche भारत 客厅 🏠")).toBe("Küche भारत 客厅 🏠");
  });

  test("leaves nothing harmful of any text, and doing it twice changes nothing", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const once = visible(text);
        expect(once).not.toMatch(HARMFUL);
        expect(visible(once)).toBe(once);
      }),
    );
  });
});

describe("cutText", () => {
  test("keeps a text of the greatest length and cuts the next one, saying what is missing", () => {
    expect(cutText("abcd", 4)).toBe("abcd");
    expect(cutText("abcde", 4)).toBe("abcd… (+1 characters)");
  });

  test("never leaves half a character", () => {
    expect(cutText("abc🏠d", 4)).toBe("abc… (+3 characters)");
  });

  test("makes a short line of every hostile text, a megabyte too", () => {
    for (const text of HOSTILE) {
      const line = harmlessLine(text);
      expect(line).not.toMatch(HARMFUL);
      expect(line.length).toBeLessThan(512 * 8);
    }
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markdownCode, markdownText } from "../../src/report/markdown-text.ts";
import { visible } from "../../src/report/text-cleaning.ts";
import { anyText } from "../base/any-text.ts";
import { HOSTILE } from "./hostile-strings.ts";

describe("a text of someone else's in Markdown", () => {
  test.each([
    ["plain words, 5 % (of 3)", "plain words, 5 % (of 3)"],
    ["<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"],
    ["*a* _b_ [c](d) ![e]", "\\*a\\* \\_b\\_ \\[c\\](d) \\!\\[e\\]"],
    ["a|b", "a\\|b"],
    ["@octocat did #12", "`@octocat` did `#12`"],
    ["see https://evil.example/x", "see `https://evil.example/x`"],
    ["a`b", "`` a`b ``"],
    ["a``|@b", "``` a`` ```\\|`@b`"],
    ["\u001b[2J", "`\\x1b[2J`"],
    ["- item", "\\- item"],
    ["12. item", "12\\. item"],
  ])("%j is written as %j", (text, written) => {
    expect(markdownText(text)).toBe(written);
  });

  test("is code where it is asked for, pipes in it escaped for tables", () => {
    expect(markdownCode("p(95)<30h")).toBe("`p(95)<30h`");
    expect(markdownCode("a|b")).toBe("`a`\\|`b`");
  });

  test("makes no markup of any text, and says what the text says", () => {
    const texts = fc.oneof(
      anyText(),
      fc.string({ unit: fc.constantFrom(..."`|\\@#*_[]<>&! a1.-\n") }),
      fc.constantFrom(...HOSTILE),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const shown = markdownText(text);
        const { outside, whole } = read(shown);
        expect(outside).not.toMatch(/[<>[\]*_`|\\@#$~]|:\/\/|www\./);
        expect(whole.replaceAll(/\s/g, "")).toBe(visible(text.length > 512 ? cut(text) : text).replaceAll(/\s/g, ""));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Takes a line apart as CommonMark does: code spans, escapes, entities; answers what is neither, and what is read. */
function read(markdown: string): { readonly outside: string; readonly whole: string } {
  let [outside, whole, at] = ["", "", 0];
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(markdown);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < markdown.length) {
    const fence = take(/`+/y)?.[0];
    if (fence !== undefined) {
      const inside = take(new RegExp(`([^]*?[^\`])${fence}(?!\`)`, "y"))?.[1];
      if (inside === undefined) throw new Error(`a code span without end in ${markdown}`);
      whole += inside.startsWith(" ") && inside.endsWith(" ") ? inside.slice(1, -1) : inside;
      continue;
    }
    const escape = take(/\\([!-/:-@[-`{-~])/y)?.[1];
    const entity = escape === undefined ? take(/&(amp|lt|gt);/y)?.[1] : undefined;
    const plain = escape === undefined && entity === undefined ? (take(/[^]/y)?.[0] ?? "") : "";
    outside += plain;
    whole += escape ?? { amp: "&", lt: "<", gt: ">" }[entity ?? ""] ?? plain;
  }
  return { outside, whole };
}

function cut(text: string): string {
  const half = /[\ud800-\udbff]/.test(text[511] ?? "") ? 511 : 512;
  return `${text.slice(0, half)}… (+${text.length - half} characters)`;
}

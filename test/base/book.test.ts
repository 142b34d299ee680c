import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Book, TEXT_CHARACTERS_MAX, TextBook, TEXTS_MAX } from "../../src/base/book.ts";

describe("book", () => {
  test("numbers begin at 1, so that 0 can mean none", () => {
    const book = new Book<string>();

    expect([book.add("a"), book.add("b")]).toEqual([1, 2]);
    expect(book.has(0)).toBe(false);
  });

  test("a released number is given again", () => {
    const book = new Book<string>();
    book.add("a");
    const second = book.add("b");
    book.release(second);

    expect(book.has(second)).toBe(false);
    expect(book.add("c")).toBe(second);
    expect(book.get(second)).toBe("c");
  });

  test("reading or releasing what is not there is a fault of ours", () => {
    const book = new Book<string>();
    const number = book.add("a");
    book.release(number);

    expect(() => book.get(number)).toThrow("a book has the entry that is asked for: 1");
    expect(() => book.release(number)).toThrow("an entry is released once: 1");
    expect(() => book.get(0)).toThrow("a book has the entry that is asked for: 0");
  });

  test("it agrees with a map, whatever is added and released", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.nat(20))), (steps) => {
        const book = new Book<string>();
        const model = new Map<number, string>();
        for (const step of steps) {
          if (typeof step === "string") {
            const number = book.add(step);
            expect(model.has(number)).toBe(false);
            model.set(number, step);
          } else if (model.delete(step)) book.release(step);

          expect(book.size).toBe(model.size);
        }
        for (const [number, entry] of model) expect(book.get(number)).toBe(entry);
      }),
    );
  });
});

describe("text book", () => {
  test("equal texts have one number, others have others, and 0 is none", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const book = new TextBook();
        const numbers = new Map(texts.map((text) => [text, book.numberOf(text)]));

        for (const [text, number] of numbers) {
          if (text === "") continue;
          expect(number).toBeGreaterThan(0);
          expect(book.numberOf(text)).toBe(number);
          expect(book.get(number)).toBe(text);
        }
        expect(new Set(numbers.values()).size).toBe(numbers.size);
      }),
    );
  });

  test("takes so many different texts and no more, and keeps those that it has", () => {
    const book = new TextBook();
    const numbers = Array.from({ length: TEXTS_MAX }, (_, text) => book.numberOf(`job ${text}`));

    expect(numbers).not.toContain(0);
    expect(book.numberOf("one more")).toBe(0);
    expect(book.get(book.numberOf("job 7"))).toBe("job 7");
  });

  test("takes so many characters and no more", () => {
    const book = new TextBook();
    const half = "x".repeat(TEXT_CHARACTERS_MAX / 2);

    expect([book.numberOf(`a${half}`), book.numberOf(`b${half}`), book.numberOf("c")]).toEqual([1, 0, 2]);
  });

  test("a number that no text has is a fault of ours", () => {
    expect(() => new TextBook().get(0)).toThrow("a text book has the entry that is asked for: 0");
    expect(() => new TextBook().get(3)).toThrow("a text book has the entry that is asked for: 3");
  });
});

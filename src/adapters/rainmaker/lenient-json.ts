/**
 * JSON as a RainMaker node reads it: a small tokenizer that checks little. Escapes are never undone, a missing colon
 * or a doubled comma passes, a second value after the first passes, and numbers have 32 bits. What it lets through and
 * what it refuses is known from the firmware's answers (json_parser 1.0.3 over jsmn in its strict build); a text that
 * real nodes misread must be misread here in the same way.
 */
type TokenType = "object" | "array" | "string" | "primitive";

interface Token {
  readonly type: TokenType;
  readonly start: number;
  /** -1 while it is open. */
  end: number;
  /** Values directly inside; of a key: 1 once it has its value. */
  size: number;
  readonly parent: number;
  /** The parent, or a token further out where all between are closed. */
  up: number;
}

/** An object inside a text, for reading its members. */
export class LenientObject {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #at: number;

  private constructor(text: string, tokens: readonly Token[], at: number) {
    this.#text = text;
    this.#tokens = tokens;
    this.#at = at;
  }

  /** The first value of a text; undefined where the text does not pass. It may be no object: then it has no members. */
  static parse(text: string): LenientObject | undefined {
    const tokens = tokenize(text);
    return tokens === undefined || tokens.length === 0 ? undefined : new LenientObject(text, tokens, 0);
  }

  /** As it stands in the text, escapes and all. undefined: absent, or of another type. */
  string(key: string): string | undefined {
    const value = this.#valueOf(key, "string");
    return value === undefined ? undefined : this.#text.slice(value.start, value.end);
  }

  /** A whole number as 32 bits hold it: beyond 2^31 it turns negative, beyond 2^32 - 1 it is -1. */
  int(key: string): number | undefined {
    const value = this.#valueOf(key, "primitive");
    return value === undefined ? undefined : int32Of(this.#text.slice(value.start, value.end));
  }

  object(key: string): LenientObject | undefined {
    const value = this.#valueOf(key, "object");
    return value === undefined ? undefined : new LenientObject(this.#text, this.#tokens, this.#tokens.indexOf(value));
  }

  /** The text of a member that is an object. */
  objectText(key: string): string | undefined {
    const value = this.#valueOf(key, "object");
    return value === undefined ? undefined : this.#text.slice(value.start, value.end);
  }

  /** Of equal keys the first counts, also where its value is of the wrong type. */
  #valueOf(key: string, type: TokenType): Token | undefined {
    const self = this.#tokens[this.#at] as Token;
    if (self.type !== "object") return undefined;
    let at = this.#at;
    for (let left = self.size; left > 0; left--) {
      at++;
      const token = this.#tokens[at];
      if (token === undefined) return undefined;
      if (this.#text.slice(token.start, token.end) === key) {
        const value = this.#tokens[at + 1];
        return value !== undefined && value.type === type ? value : undefined;
      }
      at = this.#endOf(at);
    }
    return undefined;
  }

  /** Index of the last token inside a token. */
  #endOf(at: number): number {
    // Without recursion: the nesting is the sender's choice.
    let left = this.#tokens[at]?.size ?? 0;
    while (left > 0) {
      at++;
      left += (this.#tokens[at]?.size ?? 0) - 1;
    }
    return at;
  }
}

function int32Of(text: string): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const magnitude = Number(text.replace("-", ""));
  // What does not fit is the largest unsigned number, whatever its sign.
  if (magnitude > 0xffff_ffff) return -1;
  return (text.startsWith("-") ? -magnitude : magnitude) | 0;
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let above = -1;
  let at = 0;
  for (; at < text.length && text[at] !== "\0"; at++) {
    const character = text[at] as string;
    switch (character) {
      case "{":
      case "[": {
        const parent = tokens[above];
        // An object or array cannot be a key.
        if (parent?.type === "object") return undefined;
        if (parent !== undefined) parent.size++;
        tokens.push(newToken(character === "{" ? "object" : "array", at, -1, above));
        above = tokens.length - 1;
        break;
      }
      case "}":
      case "]": {
        const closed = openToken(tokens, character === "}" ? "object" : "array");
        if (closed === undefined) return undefined;
        closed.end = at + 1;
        above = closed.parent;
        break;
      }
      case '"': {
        const end = stringEnd(text, at + 1);
        if (end === undefined) return undefined;
        tokens.push(newToken("string", at + 1, end, above));
        if (above !== -1) (tokens[above] as Token).size++;
        at = end;
        break;
      }
      case " ":
      case "\t":
      case "\r":
      case "\n":
        break;
      case ":":
        above = tokens.length - 1;
        break;
      case ",": {
        const parent = tokens[above];
        if (parent !== undefined && parent.type !== "array" && parent.type !== "object") above = parent.parent;
        break;
      }
      default: {
        if (!/[-0-9tfn]/.test(character)) return undefined;
        const parent = tokens[above];
        if (parent?.type === "object" || (parent?.type === "string" && parent.size !== 0)) return undefined;
        const end = primitiveEnd(text, at);
        if (end === undefined) return undefined;
        tokens.push(newToken("primitive", at, end, above));
        if (parent !== undefined) parent.size++;
        at = end - 1;
      }
    }
  }
  return tokens.some((token) => token.end === -1) ? undefined : tokens;
}

function newToken(type: TokenType, start: number, end: number, parent: number): Token {
  return { type, start, end, size: 0, parent, up: parent };
}

/** The innermost token that is still open, if a bracket of this type may close it. */
function openToken(tokens: readonly Token[], type: TokenType): Token | undefined {
  let open = tokens.length - 1;
  while (open >= 0 && tokens[open]?.end !== -1) open = tokens[open]?.up ?? -1;
  // What is closed stays so. Without this short cut a text of 100,000 brackets would be walked up at each of them.
  for (let at = tokens.length - 1; at > open;) {
    const token = tokens[at] as Token;
    at = token.up;
    token.up = open;
  }
  return tokens[open]?.type === type ? tokens[open] : undefined;
}

function stringEnd(text: string, from: number): number | undefined {
  for (let at = from; at < text.length && text[at] !== "\0"; at++) {
    if (text[at] === '"') return at;
    if (text[at] !== "\\" || at + 1 >= text.length) continue;
    at++;
    if (text[at] === "u") {
      for (let digit = 0; digit < 4; digit++) {
        at++;
        const hex = text[at];
        if (hex === undefined || hex === "\0") break;
        if (!/[0-9A-Fa-f]/.test(hex)) return undefined;
      }
      continue;
    }
    if (!'"/\\bfrnt'.includes(text[at] as string)) return undefined;
  }
  return undefined;
}

function primitiveEnd(text: string, from: number): number | undefined {
  for (let at = from; at < text.length && text[at] !== "\0"; at++) {
    const character = text[at] as string;
    if ("\t\r\n ,]}".includes(character)) return at;
    if (character < " " || character > "~") return undefined;
  }
  return undefined;
}

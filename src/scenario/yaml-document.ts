/**
 * Text -> YAML document, within limits. Everything that a parser can only warn of is a mistake here, and whatever
 * means something else to another YAML reader is refused rather than guessed at.
 */
import {
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  Parser,
  visit,
} from "yaml";
import { type Mistake, type Place, UserError } from "../base/user-error.ts";

/** A scenario is a page or two; a megabyte is a mistake. */
export const TEXT_LENGTH_MAX = 1_000_000;
/** Aliases, counted before any is expanded: a few hundred can stand for more nodes than memory holds. */
export const ALIASES_MAX = 50;
/** Collections inside collections. */
export const DEPTH_MAX = 32;

/** Keys that mean something to a JavaScript object; no block has them, and none may bring them in. */
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"];

export interface ScenarioDocument {
  readonly file: string;
  readonly lines: LineCounter;
  readonly yaml: Document.Parsed;
}

/** Reads the text; throws a `UserError` with all mistakes of its form. */
export function readDocument(text: string, file: string): ScenarioDocument {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  refuseUnreadable(text, file);
  // A byte order mark counts as no column.
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  refuseExcess(plain, file);

  const documents = parseAllDocuments(plain, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const [yaml, second] = Array.isArray(documents) ? documents : [];
  if (yaml === undefined || yaml.contents === null)
    throw new UserError({
      file,
      seen: "is empty",
      expected: "write a scenario: it begins with name, clock, fleet and jobs",
    });
  const mistakes: Mistake[] = [];
  if (second !== undefined)
    mistakes.push({
      ...placeOf(second.range[0]),
      seen: "a second document begins",
      expected: "a file holds one scenario",
    });
  for (const problem of [...yaml.errors, ...yaml.warnings]) {
    mistakes.push({
      ...placeOf(problem.pos[0]),
      seen: problemText(problem.code, problem.message),
      expected: adviceOf(problem.code),
    });
  }
  if (yaml.errors.length === 0) mistakes.push(...oddities(yaml, placeOf));
  if (mistakes.length > 0) throw new UserError(mistakes);
  return { file, lines, yaml };
}

function refuseUnreadable(text: string, file: string): void {
  const refuse = (seen: string, expected: string): never => {
    throw new UserError({ file, seen, expected });
  };
  if (text.length > TEXT_LENGTH_MAX) refuse(`has ${text.length} characters`, `must have at most ${TEXT_LENGTH_MAX}`);
  if (text.includes("\0"))
    refuse("holds a NUL character", "must be text in UTF-8; was it saved as UTF-16, or is it a binary file?");
  if (text.includes("\uFFFD")) refuse("is not UTF-8 throughout", "save it as UTF-8");
}

/** Depth and aliases are counted on the parser's flat events, before anything is composed or expanded. */
function refuseExcess(text: string, file: string): void {
  const stack: { token: CST.Token; depth: number }[] = [];
  let aliases = 0;
  let depthMost = 0;
  for (const token of new Parser().parse(text)) stack.push({ token, depth: 0 });
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { token, depth } = top;
    if (token.type === "alias") aliases += 1;
    if (token.type === "document" && token.value) stack.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    depthMost = Math.max(depthMost, depth + 1);
    for (const item of token.items) {
      if (item.key) stack.push({ token: item.key, depth: depth + 1 });
      if (item.value) stack.push({ token: item.value, depth: depth + 1 });
    }
  }
  if (depthMost > DEPTH_MAX)
    throw new UserError({
      file,
      seen: `nests ${depthMost} blocks`,
      expected: `at most ${DEPTH_MAX} lie inside each other`,
    });
  if (aliases > ALIASES_MAX)
    throw new UserError({ file, seen: `uses ${aliases} aliases (*name)`, expected: `at most ${ALIASES_MAX}` });
}

function oddities(yaml: Document.Parsed, placeOf: (offset: number) => Place): Mistake[] {
  const mistakes: Mistake[] = [];
  const add = (node: Node | null, seen: string, expected: string): void => {
    mistakes.push({ ...placeOf(node?.range?.[0] ?? 0), seen, expected });
  };
  visit(yaml, (key, node) => {
    if (isNode(node) && !isAlias(node) && node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:"))
      add(node, `carries the tag ${node.tag}`, "a scenario has no tags: leave it out");
    if (isPair(node)) {
      const { key: name } = node;
      if (!isScalar(name) || (typeof name.value !== "string" && typeof name.value !== "number"))
        add(isNode(name) ? name : null, "a key that is no word", "keys are plain words");
      else if (FORBIDDEN_KEYS.includes(String(name.value)))
        add(name, `${String(name.value)} is an unknown key`, "no block of a scenario has it");
      else if (name.value === "<<")
        add(name, "<< is an unknown key", 'blocks are not merged; a cohort takes another\'s traits by "like: NAME"');
    } else if (key !== "key" && isScalar(node) && typeof node.value === "number" && !isPlainNumber(node.source ?? "")) {
      add(node, `the number ${node.source ?? ""}`, "write numbers in plain decimal digits, at most 15 of them");
    }
  });
  if (!isMap(yaml.contents))
    add(yaml.contents, "is no mapping", 'a scenario is made of keys: it begins with "name: ..."');
  return mistakes;
}

/** `0x1F`, `1e9`, `.inf` and `010` are other numbers to other readers; beyond 15 digits a number is another one here. */
function isPlainNumber(source: string): boolean {
  return (
    /^-?(0|[1-9]\d*)(\.\d+)?$/.test(source) && !/^-0(\.0*)?$/.test(source) && source.replace(/\D/g, "").length <= 15
  );
}

function problemText(code: string, message: string): string {
  // The parser repeats source text after a line break.
  const first = message.split("\n")[0] ?? "";
  return code === "DUPLICATE_KEY" ? "the same key stands here a second time" : first.replace(/[:\s]+$/, "");
}

function adviceOf(code: string): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return "keep one of them";
    case "TAG_RESOLVE_FAILED":
      return "a scenario has no tags: leave it out";
    case "TAB_AS_INDENT":
      return "indent with spaces";
    default:
      return "the text must be well-formed YAML";
  }
}

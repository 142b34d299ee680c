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
  Lexer,
  LineCounter,
  parseAllDocuments,
  Parser,
  visit,
} from "yaml";
import { type Mistake, type Place, UserError } from "../base/user-error.ts";
import { capped } from "./capped-mistakes.ts";

/** A scenario is a page or two; a megabyte is a mistake. */
export const TEXT_LENGTH_MAX = 1_000_000;
/** Aliases, counted before any is expanded: a few hundred can stand for more nodes than memory holds. */
export const ALIASES_MAX = 50;
/** Collections inside collections. */
export const DEPTH_MAX = 32;

/** Entries of one mapping or list: the parser compares each key with all others. */
export const ITEMS_MAX = 2_000;
/** Words, signs and spaces of the text as the parser tells them apart; every one becomes an object. */
export const LEXEMES_MAX = 50_000;

const SCALAR_FOLLOWS = "\u001f";

/** Keys that mean something to a JavaScript object; no block has them, and none may bring them in. */
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"];

/** A text that is YAML, with what is odd about it. */
export interface ScenarioDocument {
  readonly file: string;
  readonly lines: LineCounter;
  readonly yaml: Document.Parsed;
  /** Mistakes that leave the document readable, so that the others can be found as well. */
  readonly oddities: readonly Mistake[];
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

  const [yaml, second] = composed(plain, lines);
  if (yaml === undefined || yaml.contents === null)
    throw new UserError({
      file,
      seen: "is empty",
      expected: "write a scenario: it begins with name, clock, fleet and jobs",
    });
  const { fatal, odd } = problemsOf(yaml, second, placeOf);
  if (!isMap(yaml.contents))
    fatal.push({
      ...placeOf(yaml.contents.range[0]),
      seen: "is no mapping",
      expected: 'a scenario is made of keys, such as "name: ..."',
    });
  if (fatal.length > 0) throw new UserError(capped([...fatal, ...odd], file));
  return { file, lines, yaml, oddities: odd };
}

/** Reads one value, as it is given to a single key; throws a `UserError` with the mistakes of its form, all at `file`. */
export function readValue(text: string, file: string): unknown {
  refuseUnreadable(text, file);
  refuseExcess(text, file);
  const [yaml, second] = composed(text, new LineCounter());
  if (yaml === undefined || yaml.contents === null) return null;
  const { fatal, odd } = problemsOf(yaml, second, () => ({ file }));
  const isSound = fatal.length === 0;
  visit(yaml, {
    Alias: (_, { source }) => {
      if (isSound) fatal.push({ file, seen: `uses the alias *${source}`, expected: "write the value itself" });
    },
  });
  if (fatal.length + odd.length > 0) throw new UserError(capped([...fatal, ...odd], file));
  return yaml.toJS();
}

type Composed = Document.Parsed;

function composed(text: string, lineCounter: LineCounter): readonly Composed[] {
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: "silent" });
  return Array.isArray(documents) ? documents : [];
}

interface Problems {
  /** What leaves no document to look for other mistakes in. */
  readonly fatal: Mistake[];
  readonly odd: Mistake[];
}

function problemsOf(yaml: Composed, second: Composed | undefined, placeOf: (offset: number) => Place): Problems {
  const fatal: Mistake[] = [];
  if (second !== undefined)
    fatal.push({
      ...placeOf(second.range[0]),
      seen: "a second document begins",
      expected: "a file holds one scenario",
    });
  if (yaml.directives.yaml.explicit === true || Object.keys(yaml.directives.tags).length > 1)
    fatal.push({
      ...placeOf(0),
      seen: "begins with a directive (%)",
      expected: "leave it out: a scenario is YAML 1.2",
    });
  const odd: Mistake[] = [];
  for (const problem of [...yaml.errors, ...yaml.warnings]) {
    (yaml.errors.includes(problem) ? fatal : odd).push({
      ...placeOf(problem.pos[0]),
      seen: problemText(problem.code, problem.message),
      expected: adviceOf(problem.code),
    });
  }
  if (yaml.errors.length === 0) findOddities(yaml, placeOf, fatal, odd);
  return { fatal, odd };
}

function refuseUnreadable(text: string, file: string): void {
  const refuse = (seen: string, expected: string): never => {
    throw new UserError({ file, seen, expected });
  };
  if (text.length > TEXT_LENGTH_MAX) refuse(`has ${text.length} characters`, `must have at most ${TEXT_LENGTH_MAX}`);
  if (text.includes("\0"))
    refuse("holds a NUL character", "must be text in UTF-8; was it saved as UTF-16, or is it a binary file?");
  if (text.includes("\uFFFD")) refuse("is not UTF-8 throughout", "save it as UTF-8");
  // To YAML that ends a line, to our parser it does not: a file of one endless line makes no sense to anybody.
  if (/\r(?!\n)/.test(text)) refuse("has line ends of CR alone", "save it with line ends of LF or CR LF");
}

/**
 * Everything that makes a parser slow or hungry is counted before anything is composed or expanded: first on the flat
 * lexemes, which cost nothing to keep apart, then on the syntax tree that the parser builds without recursion.
 */
function refuseExcess(text: string, file: string): void {
  const refuse = (seen: string, expected: string): never => {
    throw new UserError({ file, seen, expected });
  };
  let lexemes = 0;
  let aliases = 0;
  let flowDepth = 0;
  let isContent = false;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (!isContent && (lexeme === "[" || lexeme === "{")) flowDepth += 1;
    if (!isContent && (lexeme === "]" || lexeme === "}")) flowDepth -= 1;
    if (!isContent && lexeme.startsWith("*")) aliases += 1;
    // This control character announces that the next lexeme is a scalar's text.
    isContent = lexeme === SCALAR_FOLLOWS;
    if (flowDepth > DEPTH_MAX) refuse("nests too many brackets", `at most ${DEPTH_MAX} lie inside each other`);
    if (lexemes > LEXEMES_MAX) refuse("has too many values", "a scenario is a page or two: this is something else");
  }
  if (aliases > ALIASES_MAX) refuse(`uses ${aliases} aliases (*name)`, `at most ${ALIASES_MAX}`);

  const stack: { token: CST.Token; depth: number }[] = [];
  for (const token of new Parser().parse(text)) stack.push({ token, depth: 0 });
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { token, depth } = top;
    if (token.type === "document" && token.value) stack.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    if (depth >= DEPTH_MAX) refuse("nests too many blocks", `at most ${DEPTH_MAX} lie inside each other`);
    if (token.items.length > ITEMS_MAX)
      refuse(`has a block of ${token.items.length} entries`, `a block has at most ${ITEMS_MAX}`);
    for (const item of token.items) {
      if (item.key) stack.push({ token: item.key, depth: depth + 1 });
      if (item.value) stack.push({ token: item.value, depth: depth + 1 });
    }
  }
}

/** What parses and is refused all the same. Keys that no plain mapping can have are fatal: nothing may be made of them. */
function findOddities(
  yaml: Document.Parsed,
  placeOf: (offset: number) => Place,
  fatal: Mistake[],
  odd: Mistake[],
): void {
  const at = (node: unknown): Place => placeOf(isNode(node) ? (node.range?.[0] ?? 0) : 0);
  visit(yaml, (key, node, path) => {
    if (isPair(node)) {
      const name = isScalar(node.key) ? node.key.value : undefined;
      if (typeof name !== "string" && typeof name !== "number")
        fatal.push({ ...at(node.key), seen: "a key that is no word", expected: "keys are plain words" });
      else if (FORBIDDEN_KEYS.includes(String(name)))
        fatal.push({ ...at(node.key), seen: `${name} is an unknown key`, expected: "no block of a scenario has it" });
      else if (name === "<<") fatal.push({ ...at(node.key), seen: "<< is an unknown key", expected: MERGE_ADVICE });
      return;
    }
    if (isNode(node) && !isAlias(node) && node.tag !== undefined && yaml.warnings.length === 0)
      odd.push({ ...at(node), seen: `carries the tag ${node.tag}`, expected: "a scenario has no tags: leave it out" });
    const target = isAlias(node) ? node.resolve(yaml) : null;
    if (isAlias(node) && target === undefined)
      fatal.push({ ...at(node), seen: `*${node.source} stands for nothing`, expected: "write the value itself" });
    if (isAlias(node) && isNode(target) && path.includes(target))
      fatal.push({ ...at(node), seen: `*${node.source} stands inside of itself`, expected: "write the value itself" });
    if (key !== "key" && isScalar(node) && typeof node.value === "number" && !isPlainNumber(node.source ?? ""))
      odd.push({ ...at(node), seen: `the number ${node.source ?? ""}`, expected: NUMBER_ADVICE });
  });
}

const MERGE_ADVICE = 'blocks are not merged; a cohort takes over another\'s traits by "like: NAME"';
const NUMBER_ADVICE = "write numbers in plain decimal digits, at most 15 of them";

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

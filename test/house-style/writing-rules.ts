/** Names, lengths, documentation and forms of expression. */
import { posix } from "node:path";
import { type Directive, type Statement, Visitor } from "oxc-parser";
import { isPure } from "./room-rules.ts";
import { type Breach, codeOf, placeOf, type SourceFile } from "./source-file.ts";

const LINES_ASKED = 300;
const LINES_MAX = 500;

/** They name no thing. */
const DUMPING_GROUNDS = new Set([
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "shared",
  "misc",
  "lib",
  "core",
  "types",
]);
const EMPTY_WORDS = new Set([
  "manager",
  "processor",
  "service",
  "wrapper",
  "helper",
  "util",
  "utils",
  "info",
  "do",
  "perform",
  "misc",
]);
/** `otafleet image info` is a command's name, and its file follows it. */
const NAMED_BY_A_COMMAND = new Set(["imageInfo", "ImageInfoFlags"]);
/** These speak a backend's own words. */
const FOREIGN_WORDS = ["src/adapters/rainmaker/", "src/backend/serve/", "src/drivers/vectors/"];
const RAINMAKER = /otaurl|otafetch|otastatus|ota_job_id|additional_info|\$aws\/rules|rmaker_/gi;

export function fileNameBreaches(path: string): Breach[] {
  const parts = path.split("/");
  const stem = posix.basename(path).split(".")[0] ?? "";
  const dump = [...parts.slice(0, -1), stem].find((part) => DUMPING_GROUNDS.has(part));
  return [
    ...(dump === undefined ? [] : [`${path}:1: ${dump} is a dumping ground. Name the one concept that the file holds`]),
    ...(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)
      ? []
      : [`${path}:1: write file names in kebab-case, like packet-loss.ts`]),
  ];
}

export function lengthBreaches(file: SourceFile): Breach[] {
  const lines = file.text.trimEnd().split("\n").length;
  if (lines > LINES_MAX)
    return [`${file.path}:${LINES_MAX}: ${lines} lines, more than ${LINES_MAX}. Split it by concept`];
  // A head of a few lines says what the file is, and so why its length is one concept.
  const head = file.comments[0];
  const isTold =
    head !== undefined && head.start === 0 && /long|length|lines|one place|in a row|whole/i.test(head.value);
  if (lines <= LINES_ASKED || isTold) return [];
  return [`${file.path}:1: ${lines} lines. Split it, or let the file's first comment say why it is this long`];
}

/** Enums, default exports and parameter properties are refused by compiler or lint as well; here they get their mend. */
export function formBreaches(file: SourceFile): Breach[] {
  const told: Breach[] = [];
  const tell = (offset: number, sentence: string): void => void told.push(`${placeOf(file, offset)}: ${sentence}`);
  new Visitor({
    ExportDefaultDeclaration: ({ start }) => tell(start, "default export. Export it by its name"),
    TSEnumDeclaration: ({ start }) => tell(start, "enum. Write a union of strings"),
    TSModuleDeclaration: ({ start, kind }) => {
      if (kind === "namespace") tell(start, "namespace. A file is a namespace");
    },
    TSParameterProperty: ({ start }) => tell(start, "parameter property. Declare the field and assign it"),
    PropertyDefinition: ({ start, accessibility }) => {
      if (accessibility === "private") tell(start, "private field. Write #name, which is private at run time too");
    },
    MethodDefinition: ({ start, accessibility, kind }) => {
      if (accessibility === "private" && kind !== "constructor") tell(start, "private method. Write #name");
    },
  }).visit(file.program);
  return told;
}

export function wordBreaches(file: SourceFile): Breach[] {
  if (FOREIGN_WORDS.some((folder) => file.path.startsWith(folder))) return [];
  const told: Breach[] = [];
  const check = (id: { type: string; start: number } | null): void => {
    if (id === null || id.type !== "Identifier") return;
    const name = (id as unknown as { name: string }).name;
    const empty = name.split(/(?=[A-Z])|_/).find((word) => EMPTY_WORDS.has(word.toLowerCase()));
    if (empty !== undefined && !NAMED_BY_A_COMMAND.has(name))
      told.push(`${placeOf(file, id.start)}: "${empty}" in ${name} names no thing. Say what it is`);
  };
  new Visitor({
    FunctionDeclaration: ({ id }) => check(id),
    ClassDeclaration: ({ id }) => check(id),
    VariableDeclarator: ({ id }) => check(id),
    TSInterfaceDeclaration: ({ id }) => check(id),
    TSTypeAliasDeclaration: ({ id }) => check(id),
  }).visit(file.program);
  return told;
}

/** Comments may cite a backend's sources; code outside its rooms may not know its words. */
export function rainmakerBreaches(file: SourceFile): Breach[] {
  if (FOREIGN_WORDS.some((folder) => file.path.startsWith(folder))) return [];
  return [...codeOf(file).matchAll(RAINMAKER)].map(
    ({ 0: word, index }) =>
      `${placeOf(file, index)}: "${word}" is a word of RainMaker's wire. Only ${FOREIGN_WORDS.join(", ")} know it`,
  );
}

/**
 * What a pure room exports is read by others without its source: one sentence each. The comment at the head of a file
 * speaks for the first that the file exports.
 */
export function documentationBreaches(file: SourceFile): Breach[] {
  if (!isPure(file.path)) return [];
  const sentences = file.comments.filter(({ type, value }) => type === "Block" && value.startsWith("*"));
  const first = file.program.body.findIndex(isExportedCode);
  return file.program.body.flatMap((statement, place) => {
    if (!isExportedCode(statement) || isOverload(file, place)) return [];
    const from = file.program.body[place - 1]?.end ?? 0;
    const isTold = sentences.some(({ start, end }) => start >= from && end <= statement.start);
    if (isTold || (place === first && sentences[0]?.start === 0)) return [];
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : null;
    const name =
      declared !== null && "id" in declared && declared.id?.type === "Identifier" ? declared.id.name : "this";
    return [
      `${placeOf(file, statement.start)}: ${name} has no sentence of documentation. Write /** What it gives. */ above it`,
    ];
  });
}

function isExportedCode(statement: Directive | Statement): boolean {
  if (statement.type !== "ExportNamedDeclaration") return false;
  return ["FunctionDeclaration", "ClassDeclaration"].includes(statement.declaration?.type ?? "");
}

/** The bodies of overloads are told with the first of them. */
function isOverload(file: SourceFile, place: number): boolean {
  const before = file.program.body[place - 1];
  return before?.type === "ExportNamedDeclaration" && before.declaration?.type === "TSDeclareFunction";
}

export function textBreaches(path: string, text: string): Breach[] {
  return text.split("\n").flatMap((line, index) => {
    const place = `${path}:${index + 1}`;
    // Paths that exist on one machine only; a scenario or test takes a temporary folder or an argument.
    const local = /(?<![\w.])(?:\/work\/|\/home\/\w|\/Users\/\w|\/root\/|[A-Z]:\\Users)|\.\.\/shared\b/.exec(line);
    const todo = /\b(TODO|FIXME|XXX|HACK)\b/.exec(line);
    return [
      ...(local === null ? [] : [`${place}: ${local[0]} is a path of one machine. Take it as an argument`]),
      ...(todo === null || /\bTODO\b.*\b(when|once|if|as soon as)\b/.test(line)
        ? []
        : [`${place}: ${todo[0]} without the condition under which it must be done: write "TODO when ...: ..."`]),
    ];
  });
}

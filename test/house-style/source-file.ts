/** A file of src/ as the house's rules see it: parsed once, with its imports resolved to paths of this project. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { type Comment, type Program, parseSync, type StaticExport } from "oxc-parser";

export interface Import {
  /** A path of this project (`src/base/row.ts`), or the name as it stands in the text (`node:fs`, `zod`). */
  readonly to: string;
  readonly isOurs: boolean;
  readonly offset: number;
  /** The names that are taken; a star is told as `*`. */
  readonly names: readonly string[];
}

export interface SourceFile {
  /** From the top of the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  readonly exports: readonly StaticExport[];
}

/** A place that breaks a rule, and the mend: `src/node/retry.ts:31: ...`. */
export type Breach = string;

export const TOP = new URL("../../", import.meta.url);

/** Every TypeScript file below a folder of the project, in the order of the paths. */
export function sourceFiles(folder: string): SourceFile[] {
  return filesBelow(folder)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => sourceFile(path, textOf(path)));
}

/** Paths of all files below a folder of the project. */
export function filesBelow(folder: string): string[] {
  return readdirSync(new URL(folder, TOP), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(TOP.pathname, posix.join(entry.parentPath.replaceAll("\\", "/"), entry.name)))
    .sort();
}

export function textOf(path: string): string {
  return readFileSync(new URL(path, TOP), "utf8");
}

export function sourceFile(path: string, text: string): SourceFile {
  const { program, comments, module, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const requests = [
    ...module.staticImports.map((each) => ({
      ...each.moduleRequest,
      names: each.entries.map(({ importName }) => importName.name ?? "*"),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, importName }) =>
        moduleRequest === null ? [] : [{ ...moduleRequest, names: [importName.name ?? "*"] }],
      ),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      value: text.slice(start + 1, end - 1),
      start,
      names: ["*"],
    })),
  ];
  const imports = requests.map(({ value, start, names }) => {
    const isOurs = value.startsWith(".");
    return { to: isOurs ? posix.join(posix.dirname(path), value) : value, isOurs, offset: start, names };
  });
  return { path, text, program, comments, imports, exports: module.staticExports };
}

/** `src/node/retry.ts:31`, for an offset in the file's text. */
export function placeOf(file: SourceFile, offset: number): string {
  return `${file.path}:${file.text.slice(0, offset).split("\n").length}`;
}

/** The file's text with every comment blanked out, so that offsets stay. */
export function codeOf(file: SourceFile): string {
  let code = file.text;
  for (const { start, end } of file.comments) {
    code = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, " ") + code.slice(end);
  }
  return code;
}

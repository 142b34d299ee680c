/** What the command line changes in a scenario before it is checked, so that a wrong value is named like any other. */
import { type Document, isMap, isScalar, isSeq, type YAMLSeq } from "yaml";
import { howMany } from "../base/how-many.ts";
import { nearestWord } from "../base/nearest-word.ts";
import { type Mistake, UserError } from "../base/user-error.ts";
import { TRAITS_SHAPE } from "./cohort-schema.ts";
import { withoutPassword } from "./without-password.ts";
import { readValue } from "./yaml-document.ts";

export interface Overrides {
  /** `--set a.b=c`, each as written after `--set`. */
  readonly set?: readonly string[];
  /** What a sweep or a search sets, each as for `set`; `flag` is what it was asked for with. */
  readonly knobs?: readonly { readonly flag: "--sweep" | "--find"; readonly text: string }[];
  /** `--tag name=value`, each as written after `--tag`; of two with one name the last counts. */
  readonly tag?: readonly string[];
  /** `--nodes`, as written. */
  readonly nodes?: string;
  /** `--seed`, as written. */
  readonly seed?: string;
  /** `--image`: path of an image file in place of the scenario's image. */
  readonly image?: string;
  /** `--model`: a file with the block `model:`, and what stands in it. `--set model...` comes on top. */
  readonly model?: { readonly file: string; readonly text: string };
  /** `--backend`: where the backend is, each URL as written. */
  readonly backend?: readonly string[];
}

export type DocumentPath = readonly (string | number)[];

/** Where a value came from that is not in the file. */
export interface Overridden {
  /** As on the command line: `--set clock.speed=60`. */
  readonly flag: string;
  readonly path: DocumentPath;
}

/** Changes the document; answers what came from where, and adds what cannot be set to `mistakes`. */
export function applyOverrides(yaml: Document.Parsed, overrides: Overrides, mistakes: Mistake[]): Overridden[] {
  const applied: Overridden[] = [];
  const put = (flag: string, path: DocumentPath, value: unknown): void => {
    try {
      yaml.setIn(path, yaml.createNode(value));
      applied.push({ flag, path });
    } catch {
      // The library throws where the path leads through a plain value.
      mistakes.push({
        file: flag,
        seen: `leads through a value that has no keys`,
        expected: "name a key that the scenario can have",
      });
    }
  };
  if (overrides.model !== undefined) {
    const flag = flagText("--model", overrides.model.file);
    const model = modelIn(overrides.model.text, flag, mistakes);
    if (model !== undefined) put(flag, ["model"], model);
  }
  const sets = [...(overrides.set ?? []).map((text) => ({ flag: "--set", text })), ...(overrides.knobs ?? [])];
  for (const { flag: name, text } of sets) {
    const flag = flagText(name, text);
    try {
      const { paths, value } = parseSet(text, yaml, flag);
      for (const path of paths) put(flag, path, value);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  for (const text of overrides.tag ?? []) {
    const flag = flagText("--tag", text);
    const [name = "", ...value] = text.split("=");
    if (name === "" || value.length === 0 || FORBIDDEN.has(name))
      mistakes.push({ file: flag, seen: "is no NAME=VALUE", expected: "write for example --tag commit=3fa1c2e" });
    else put(flag, ["tags", name], value.join("="));
  }
  const { nodes, seed, image, backend } = overrides;
  if (nodes !== undefined) put(flagText("--nodes", nodes), ["nodes"], numberOrText(nodes));
  if (seed !== undefined) put(flagText("--seed", seed), ["seed"], numberOrText(seed));
  if (image !== undefined) put(flagText("--image", image), ["image"], { file: image });
  if (backend !== undefined) put(flagText("--backend", backend.join(" ")), ["backend", "url"], [...backend]);
  const knobs = new Set((overrides.knobs ?? []).map(({ flag, text }) => flagText(flag, text)));
  mistakes.push(...knobsSetAgain(applied, knobs));
  return applied;
}

/** A knob that something else sets after it turns nothing, and its values would stand beside numbers of another. */
function knobsSetAgain(applied: readonly Overridden[], knobs: ReadonlySet<string>): readonly Mistake[] {
  const mistakes = new Map<string, Mistake>();
  for (const [at, { flag, path }] of applied.entries()) {
    const other = applied.slice(at + 1).find((later) => later.flag !== flag && isWithin(path, later.path));
    if (knobs.has(flag) && other !== undefined)
      mistakes.set(flag, { file: flag, seen: `is set by ${other.flag} as well`, expected: "leave one of them out" });
  }
  return [...mistakes.values()];
}

/** The block of a file that has nothing else; undefined where it is something else, which is then a mistake. */
function modelIn(text: string, file: string, mistakes: Mistake[]): unknown {
  try {
    const value = readValue(text, file);
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
    if (keys.length === 1 && keys[0] === "model") return (value as { readonly model: unknown }).model;
    const seen = keys.length === 0 ? "has no block model:" : `has ${keys.slice(0, 5).join(", ")}`;
    mistakes.push({ file, seen, expected: "the file holds the block model: alone, as otafleet calibrate writes it" });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    mistakes.push(...error.mistakes);
  }
  return undefined;
}

/** Of a longer flag the beginning is enough to know it by, and leaves room for what is wrong with it. */
const SHOWN_FLAG_MAX = 120;

function flagText(name: string, value: string): string {
  const text = `${name} ${value === "" ? '""' : withoutPassword(value)}`;
  return text.length > SHOWN_FLAG_MAX ? `${text.slice(0, SHOWN_FLAG_MAX)}...` : text;
}

/** Keys that would reach into objects of JavaScript itself. */
const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function numberOrText(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

const SET_EXPECTED = "write --set KEY=VALUE, for example --set clock.speed=60 or --set fleet.cohorts[0].nodes=10%";

/** Throws a `UserError` for what cannot be set. */
function parseSet(
  text: string,
  yaml: Document.Parsed,
  file: string,
): { readonly paths: readonly DocumentPath[]; readonly value: unknown } {
  const refuse = (seen: string, expected = SET_EXPECTED): never => {
    throw new UserError({ file, seen, expected });
  };
  const equals = text.indexOf("=");
  if (equals <= 0) refuse("has no KEY=VALUE");
  const keys = text.slice(0, equals);
  const paths = pathsOf(keys, yaml);
  const shown = keys.length > 60 ? `${keys.slice(0, 60)}...` : keys;
  if (paths === undefined) return refuse(`has the path "${shown}", which leads nowhere`);
  if ("expected" in paths) return refuse(paths.seen, paths.expected);
  if (paths.flat().some((key) => FORBIDDEN.has(String(key))))
    refuse(`has the path "${shown}"`, "no block of a scenario has such a key");
  return { paths, value: readValue(text.slice(equals + 1), file) };
}

/** The texts that stand at a key, one for each place that it leads to; undefined where that is no plain value. */
export function writtenAt(keys: string, yaml: Document.Parsed): readonly string[] | undefined {
  const paths = pathsOf(keys, yaml);
  if (paths === undefined || "expected" in paths) return undefined;
  const texts = paths.map((path) => {
    const node: unknown = yaml.getIn(path, true);
    if (!isScalar(node) || node.value === null) return undefined;
    return typeof node.value === "string" ? node.value : (node.source ?? JSON.stringify(node.value));
  });
  return texts.length > 0 && texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Every place that a key of the command line leads to: several, where it is a trait of all cohorts. */
function pathsOf(keys: string, yaml: Document.Parsed): readonly DocumentPath[] | Nowhere | undefined {
  // Metrics have dots in their names, so what follows "thresholds" is one key.
  const metric = /^thresholds\.(.+)$/.exec(keys)?.[1];
  if (metric !== undefined) return [["thresholds", metric]];
  const [first = ""] = keys.split(/[.[]/, 1);
  if (!TRAIT_NAMES.has(first)) {
    const path = pathOf(keys, yaml);
    return path === undefined || "expected" in path ? path : [path];
  }
  // A cohort's trait without a cohort is everybody's; `period` is what the firmware calls it.
  const trait = keys.replace(/^autofetch\.period$/, "autofetch.every");
  const cohorts: unknown = yaml.getIn(["fleet", "cohorts"], true);
  if (!isSeq(cohorts)) return NO_COHORTS;
  // Who is like another and says nothing of the trait has it from there, with everything else that stands beside it.
  const own = cohorts.items.flatMap((item, cohort) =>
    isMap(item) && item.has("like") && !item.has(first) ? [] : [cohort],
  );
  const paths = own.map((cohort) => pathOf(`fleet.cohorts.${cohort}.${trait}`, yaml));
  return paths.find((path) => path === undefined || "expected" in path) ?? (paths as readonly DocumentPath[]);
}

const TRAIT_NAMES: ReadonlySet<string> = new Set(Object.keys(TRAITS_SHAPE));

const NO_COHORTS: Nowhere = {
  seen: "is a trait of cohorts, and the scenario names none",
  expected: "write a list fleet.cohorts with at least one cohort",
};

/**
 * `fleet.cohorts[0].nodes`, `fleet.cohorts.0.nodes`, or by the name of a list's entry: `fleet.cohorts.homes.nodes`.
 * Undefined where the words are no path; what a list does not have is told with what it has.
 */
function pathOf(keys: string, yaml: Document.Parsed): DocumentPath | Nowhere | undefined {
  const parts = keys.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  // A bracket that is left names no entry: `jobs[-1]`, `jobs[x]`.
  if (parts.some((part) => part === "" || /[[\]]/.test(part)) || parts.length > 16) return undefined;
  const path: (string | number)[] = [];
  for (const part of parts) {
    const at: unknown = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
    if (!isSeq(at)) path.push(part);
    else if (/^\d+$/.test(part)) {
      if (Number(part) >= at.items.length) return nowhere(part, path, at);
      path.push(Number(part));
    } else {
      const index = at.items.findIndex((item) => isMap(item) && item.get("name") === part);
      if (index < 0) return nowhere(part, path, at);
      path.push(index);
    }
  }
  return path;
}

/** A list has no such entry; in the words of a mistake. */
interface Nowhere {
  readonly seen: string;
  readonly expected: string;
}

function nowhere(part: string, path: DocumentPath, list: YAMLSeq): Nowhere {
  const where = path.join(".");
  const known = list.items.flatMap((item) => {
    const name: unknown = isMap(item) ? item.get("name") : undefined;
    return typeof name === "string" && name !== "" ? [name] : [];
  });
  const nearest = nearestWord(part, known);
  const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
  const shown = known.slice(0, NAMES_SHOWN_MAX).join(", ");
  const more = known.length > NAMES_SHOWN_MAX ? ", ..." : "";
  const names = known.length === 0 ? "" : `: ${shown}${more}`;
  const only = list.items.length === 1 && known.length === 1;
  return {
    seen: `names "${part}", which is not in ${where}`,
    expected: only
      ? `${meant}its only entry is ${shown}`
      : `${meant}it has ${howMany(list.items.length, "entry", "entries")}${names}`,
  };
}

/** A fleet has at most 200 cohorts, and a line of a terminal is not for that many. */
const NAMES_SHOWN_MAX = 10;

/** Whether a value lies at or below a path. */
export function isWithin(path: readonly PropertyKey[], root: DocumentPath): boolean {
  return root.length <= path.length && root.every((key, index) => String(key) === String(path[index]));
}

/** In what two sweeps, or two searches, differ: for whoever names the folder of another one. */
import type { SearchHead } from "./search-result.ts";
import type { SweepHead } from "./sweep-result.ts";

/** What stands at the head of a sweep or a search, from a file or from a command. */
export type AnyHead = Partial<SweepHead> & Partial<SearchHead>;

type Told = (head: AnyHead) => string | undefined;

/** What a reader compares first. A difference in what is not told here shows in what was hashed of it. */
const TOLD: readonly (readonly [what: string, told: Told])[] = [
  ["scenario", ({ scenario }) => scenario?.name],
  ["nodes", ({ scenario }) => scenario && String(scenario.nodes)],
  ["--sweep", ({ knobs }) => knobs?.map(({ path, values }) => `${path}=${values.join(",")}`).join(" ")],
  ["--find", ({ knob }) => knob],
  ["--until", ({ until }) => until],
  ["--within", ({ within }) => (within === undefined ? undefined : String(within))],
  ["seeds", ({ seeds }) => seeds && `${seeds[0] ?? ""} to ${seeds.at(-1) ?? ""}`],
  ["figures", ({ figures, figure }) => figures?.map(({ name }) => name).join(",") ?? figure?.name],
  [
    "tags",
    ({ tags }) =>
      tags &&
      Object.entries(tags)
        .map((tag) => tag.join("="))
        .join(" "),
  ],
  ["now", ({ nowMs }) => (nowMs === undefined ? undefined : new Date(nowMs).toISOString())],
  ["otafleet", ({ versions }) => versions?.["otafleet"]],
  ["node", ({ versions }) => versions?.["node"]],
];

/**
 * Sentences' parts such as `seeds: 1 to 3 there, 1 to 5 here`; none where both are of the same command on the same inputs.
 */
export function plansDifference(theirs: AnyHead, own: AnyHead): readonly string[] {
  const told = TOLD.flatMap(([what, of]) => {
    const [there, here] = [of(theirs), of(own)];
    return there === here ? [] : [`${what}: ${there || "none"} there, ${here || "none"} here`];
  });
  if (told.length > 0) return told;
  if (theirs.command !== own.command) return [`command: ${theirs.command ?? "none"} there`];
  if (theirs.inputs !== own.inputs) return ["the scenario or its images have changed since"];
  return JSON.stringify(theirs.versions) === JSON.stringify(own.versions) ? [] : ["it was made with other versions"];
}

/** What the nodes run at the end, for people: with several jobs a count of updates says it of no node. */
import type { FirmwareCount, RunResult } from "../measure/run-result.ts";
import { countText, counted, shareText } from "./count-text.ts";
import { cutText } from "./text-cleaning.ts";

/** Of a firmware's or a job's name that is shown. */
const NAME_UNITS_MAX = 40;

/** In place of a job: the nodes run what they ran before the run. */
const AS_BEFORE = "as before";

/** Jobs of an image that are named. */
const JOBS_NAMED_MAX = 3;

/** Kinds of firmware that a sentence names. */
const FIRMWARE_NAMED_MAX = 4;

/** Something that nodes run. */
export interface FirmwareRow {
  /** `3.0.1`, with its project where there are several; or the words for none. */
  readonly firmware: string;
  /** Which jobs install it, or that none does; "" = it is none. */
  readonly jobs: string;
  readonly nodes: number;
}

/** The run's images in the order of its jobs, then what is from before, then none. */
export function firmwareRows({ firmware }: Pick<RunResult, "firmware">): readonly FirmwareRow[] {
  const { images, others, bricked } = firmware;
  const isOneProject = images.every(({ project }) => project === images[0]?.project);
  const rest = [
    { firmware: "others", jobs: AS_BEFORE, nodes: others },
    { firmware: "none, bricked", jobs: "", nodes: bricked },
  ];
  return [
    ...images.map((image) => ({
      firmware: cutText(isOneProject ? image.version : `${image.project} ${image.version}`, NAME_UNITS_MAX),
      jobs: jobsText(image),
      nodes: image.nodes,
    })),
    ...rest.filter(({ nodes }) => nodes > 0),
  ];
}

/** The most of the nodes first: `3.0.1 (hotfix) on 1,950 nodes, 97.5 %; as before 30, 1.5 %`. */
export function firmwareText(result: RunResult): string {
  const { nodes: all } = result.populations;
  const rows = firmwareRows(result)
    .filter(({ nodes }) => nodes > 0)
    .sort((a, b) => b.nodes - a.nodes);
  const named = rows.slice(0, FIRMWARE_NAMED_MAX).map(({ firmware, jobs, nodes }, place) => {
    const count = place === 0 ? `on ${counted(nodes, "node")}` : countText(nodes);
    return `${firmware}${jobs === "" ? "" : ` (${jobs})`} ${count}, ${shareText(nodes, all)}`;
  });
  const more = rows.length - named.length;
  return `${named.join("; ")}${more > 0 ? `; and ${countText(more)} more` : ""}`;
}

function jobsText({ jobs }: FirmwareCount): string {
  if (jobs.length === 0) return AS_BEFORE;
  const named = jobs.slice(0, JOBS_NAMED_MAX).map((job) => cutText(job, NAME_UNITS_MAX));
  const more = jobs.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${counted(more, "more job")}` : ""}`;
}

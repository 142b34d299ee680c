/**
 * What became of the defects that images carry: whom they would strike among the targets, who of them installed the
 * image, and whom they struck. Such an image is a rehearsal, so a defect that can strike nobody is a mistake.
 */
import { howMany } from "../base/how-many.ts";
import { PAIR, STAGE } from "./columns.ts";
import { FORETOLD, type PlannedDefect } from "./run-plan.ts";
import type { DefectResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** By job, then in the order of the image; empty where no image has any. */
export function defectResults(state: RunState): readonly DefectResult[] {
  return state.plan.jobs.flatMap(({ defects = [] }, job) =>
    defects.map((defect, place) => defectResult(state, job, defect, place)),
  );
}

function defectResult(state: RunState, job: number, defect: PlannedDefect, place: number): DefectResult {
  const { plan, columns, createdAtUs } = state;
  const { name, image, foretold } = plan.jobs[job]!;
  const { hardware, share, afterUs } = defect;
  let [targets, installed, struck] = [0, 0, 0];
  for (let node = 0; node < plan.nodes; node++) {
    if (((foretold?.[node] ?? 0) & FORETOLD.defect) !== place + 1) continue;
    const pair = job * plan.nodes + node;
    const bits = columns.pairBits.get(pair);
    targets += 1;
    if ((bits & PAIR.struck) !== 0) struck += 1;
    const isApplied = columns.stage.get(pair) === STAGE.applied;
    if (isApplied || (bits & (PAIR.confirmed | PAIR.rolledBack | PAIR.struck)) !== 0) installed += 1;
  }
  const startsUs = createdAtUs[job]!;
  const isTooLate = Number.isFinite(startsUs) && startsUs + afterUs > plan.endUs;
  const inVain = targets === 0 ? "none of its targets is of that kind" : isTooLate ? "the run ends before that" : "";
  const of = { job: name, version: image?.version ?? "", fault: defect.name, hardware, share, afterUs };
  return { ...of, targets, installed, struck, inVain };
}

/** Why a run tests nothing with the defects of its images, as sentences: a scenario that is mistaken. */
export function vainDefects(defects: readonly DefectResult[]): readonly string[] {
  return defects
    .filter(({ struck, inVain }) => struck === 0 && inVain !== "")
    .map((defect) => `${defectText(defect)} can strike nobody: ${defect.inVain}.`);
}

/** What struck nobody although it might have, as sentences: how the run went, and no mistake. */
export function idleDefects(defects: readonly DefectResult[]): readonly string[] {
  return defects
    .filter(({ struck, inVain }) => struck === 0 && inVain === "")
    .map((defect) => {
      const { targets, installed, afterUs } = defect;
      const whom = howMany(targets, "target");
      const why =
        installed === 0
          ? `of the ${whom} that it strikes none installed the image`
          : afterUs === 0
            ? `${installed} of the ${whom} that it strikes installed the image, and did not come to it`
            : `${installed} of the ${whom} that it strikes installed the image, and none ran it for ${afterUs} us`;
      return `${defectText(defect)} struck nobody: ${why}.`;
    });
}

function defectText({ job, version, fault, hardware, share, afterUs }: DefectResult): string {
  const whom = `${Math.round(share * 1e6) / 1e4} % of ${hardware === null ? "all hardware" : hardware}`;
  return `The defect ${fault} of image ${version} of job ${job} (${whom}${afterUs === 0 ? "" : `, after ${afterUs} us`})`;
}

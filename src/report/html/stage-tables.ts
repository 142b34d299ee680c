/** Rollouts in stages: a sentence on what stopped each, a table of its stages, and their marks on a plot. */
import type { RunResult, StageResult } from "../../measure/run-result.ts";
import { countText } from "../count-text.ts";
import { actText, doneText, type JobInStages, jobsInStages, releaseText, rolloutSentence } from "../rollout-words.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { percent } from "./plot-frame.ts";
import { table } from "./table.ts";

/** Undefined = no job of the run is released in stages, and no timeline did anything. */
export function stageBlock({ jobs, operator }: RunResult): Html | undefined {
  const staged = jobsInStages(jobs);
  if (staged.length === 0 && operator === undefined) return undefined;
  const rollouts = staged.map(
    (job) =>
      html`<h3>${job.name}</h3>
        <p>${rolloutSentence(job)}</p>
        ${stageTable(job)}`,
  );
  return html`${rollouts}${operator === undefined ? NOTHING : timelineList(operator)}`;
}

function timelineList(acts: NonNullable<RunResult["operator"]>): Html {
  return html`<h3>Timeline</h3>
    <ol class="reasons">
      ${acts.map((act) => html`<li>${actText(act)}</li>`)}
    </ol>`;
}

function stageTable(job: JobInStages): Html {
  const number = (head: string, count: (stage: StageResult) => number) => ({
    head,
    kind: "number" as const,
    cell: (stage: StageResult) => countText(count(stage)),
  });
  return table<StageResult>({
    caption: `Stages of ${job.name}; times from the job's start`,
    isStacking: true,
    rows: job.rollout.stages,
    columns: [
      { head: "Stage", kind: "head", cell: ({ name }) => name },
      number("Targets", ({ targets }) => targets),
      { head: "Released", kind: "number", cell: (stage) => releaseText(stage, job) },
      { head: "All at an end", kind: "number", cell: (stage) => doneText(stage, job) },
      number("Released targets", ({ released }) => released),
      number("Confirmed", ({ confirmed }) => confirmed),
      number("Hit", ({ hit }) => hit),
    ],
  });
}

/** A line where each stage began and where a rule stopped one. `beganUs` and `spanUs`: what the plot shows. */
export function stageMarks({ jobs }: RunResult, beganUs: number, spanUs: number): Html[] {
  return jobsInStages(jobs).flatMap(({ name, rollout }) => {
    const begins = rollout.stages.flatMap(({ name: stage, firstReleasedAtUs }) =>
      firstReleasedAtUs === null ? [] : [mark(firstReleasedAtUs, "stage", `${name}: stage ${stage} begins`)],
    );
    const { stop } = rollout;
    return stop === null ? begins : [...begins, mark(stop.atUs, "stop", `${name}: its rule stops it`)];
  });

  function mark(atUs: number, kind: "stage" | "stop", text: string): Html {
    const x = percent(Math.min(1, Math.max(0, (atUs - beganUs) / spanUs)));
    return html`<line class="${kind}" x1="${x}" x2="${x}" y1="0" y2="100%"><title>${text}</title></line>`;
  }
}

import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import type { RolloutResult, RunResult } from "../../src/measure/run-result.ts";
import { consoleSummary } from "../../src/report/console-summary.ts";
import { htmlReport } from "../../src/report/html-report.ts";
import { PLAIN_PAINTER } from "../../src/report/painter.ts";
import { jobsInStages, rolloutSentence } from "../../src/report/rollout-words.ts";
import { summaryMarkdown } from "../../src/report/summary-markdown.ts";
import { reportInput } from "./result-fixture.ts";

const STOPPED: RolloutResult = {
  stages: [
    {
      name: "to 1%",
      targets: 20,
      released: 20,
      firstReleasedAtUs: 0,
      lastReleasedAtUs: 0,
      doneAtUs: 5 * HOUR_US,
      confirmed: 18,
      hit: 2,
    },
    {
      name: "workshops",
      targets: 400,
      released: 300,
      firstReleasedAtUs: 24 * HOUR_US,
      lastReleasedAtUs: 26 * HOUR_US,
      doneAtUs: null,
      confirmed: 80,
      hit: 9,
    },
    {
      name: "to 100%",
      targets: 1_580,
      released: 0,
      firstReleasedAtUs: null,
      lastReleasedAtUs: null,
      doneAtUs: null,
      confirmed: 0,
      hit: 0,
    },
  ],
  stop: { atUs: 30 * HOUR_US, stage: 1, reason: "failed", hitsOnRecord: 11, ofOnRecord: 110 },
  byThen: { released: 320, downloaded: 112, confirmed: 98, hit: 12, overtaken: 0, hitOnRecord: 11 },
  atEnd: { released: 320, downloaded: 120, confirmed: 100, hit: 15, overtaken: 0, hitOnRecord: 14 },
  wouldHit: 60,
  wouldHitLater: 0,
};

test("a sentence says why and when a rule stopped a rollout, and whom the image had hit", () => {
  expect(sentence(STOPPED)).toBe(
    "Stopped 30 h after its start, in the stage workshops: 11 of 110 on record had failed or been rejected. By then 320 of 2,000 targets had been released (16 %), 112 had downloaded the image and 12 had been hit (bricked, failed or rolled back). By the end 15 had been hit. Released to all stages and taken by everybody, its defects and the nodes' own faults would have hit 60.",
  );
});

test("every report that is read first says at its top that a rule stopped a rollout, though the run passed", () => {
  const stop =
    "Job spring was stopped 30 h after its start by its rule on failures: 11 of 110 on record had failed or been rejected. 12 of 2,000 targets had been hit by then (bricked, failed or rolled back), 15 by the end.";
  const { jobs } = reportInput().result;
  const [spring] = jobs;
  const input = reportInput({ verdict: "passed", jobs: [{ ...spring!, rollout: STOPPED }] });
  const through = reportInput({ verdict: "passed", jobs: [{ ...spring!, rollout: { ...STOPPED, stop: null } }] });
  const tops = ({ result }: typeof input): readonly string[] => [
    htmlReport.render({ ...input, result }).split("</section>")[0] ?? "",
    consoleSummary({ result, paths: [] }, "compact", { paint: PLAIN_PAINTER, columns: 80 })
      .join("\n")
      .split("Outcomes")[0] ?? "",
    summaryMarkdown.render({ ...input, result }).split("###")[0] ?? "",
  ];

  for (const top of tops(input)) expect(top.replaceAll(/\s+/g, " ")).toContain(stop);
  for (const top of tops(through)) expect(top).not.toContain("stopped");
});

test("a sentence of a rollout that went through says how far it came", () => {
  const { stages, atEnd } = STOPPED;
  const through = { stages: stages.slice(0, 2), stop: null, byThen: atEnd, atEnd, wouldHit: 60, wouldHitLater: 0 };

  expect(sentence(through)).toBe(
    "No stop: 2 of 2 stages released; 320 of 2,000 targets had been released (16 %), 120 had downloaded the image and 15 had been hit (bricked, failed or rolled back) by the end.",
  );
});

test("a sentence tells apart whom the image hit and whom a second offer rolled back", () => {
  const atEnd = { ...STOPPED.atEnd, overtaken: 3 };

  expect(sentence({ ...STOPPED, atEnd })).toContain(
    "By the end 15 had been hit. By the end 3 more had rolled back as a second offer came before the reboot: no harm of the image, though on record as rejected.",
  );
});

test("a sentence says where whom the image would have hit is known as an upper bound alone", () => {
  expect(sentence({ ...STOPPED, wouldHitLater: 20 })).toContain(
    "would have hit 60, 20 of them only if the image runs for long enough without a restart.",
  );
  expect(sentence({ ...STOPPED, wouldHitLater: 60 })).toContain("would have hit 60, all of them only if");
});

test("page, console and Markdown show the stages, and what the timeline did", () => {
  const input = reportInput({
    ...staged(STOPPED),
    operator: [
      { atUs: 32 * HOUR_US, act: "start", job: "hotfix", entry: 0, effect: "done" },
      { atUs: 33 * HOUR_US, act: "pause", job: "spring", entry: 1, effect: "was over" },
    ],
  });
  const console = consoleSummary({ result: input.result, paths: [] }, "compact", {
    paint: PLAIN_PAINTER,
    columns: 80,
  }).join("\n");
  const page = htmlReport.render(input);

  for (const text of [console, page, summaryMarkdown.render(input)]) {
    expect(text.replaceAll(/\s+/g, " ")).toContain("Stopped 30 h after its start");
    expect(text).toContain("to 1%");
    expect(text).toContain("after 24 h to 26 h");
    expect(text).toContain("not released");
    expect(text).toContain("after 32 h: starts hotfix");
    expect(text).toContain("after 33 h: pauses spring, to no effect: it was over");
  }
  expect(page).toMatch(/<line class="stop"/);
  expect(page.match(/<line class="stage"/g)).toHaveLength(2);
});

test("of a run without stages nothing is said", () => {
  const page = htmlReport.render(reportInput());

  expect(page).not.toContain('id="stages"');
  expect(page).not.toMatch(/<line class="(stage|stop)"/);
});

function staged(rollout: RolloutResult): Partial<RunResult> {
  const [job] = reportInput().result.jobs;
  return { jobs: [{ ...job!, rollout }] };
}

function sentence(rollout: RolloutResult): string {
  const [job] = jobsInStages(staged(rollout).jobs!);
  return rolloutSentence(job!);
}

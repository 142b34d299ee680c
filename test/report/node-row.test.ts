import { expect, test } from "vitest";
import type { NodeRow } from "../../src/measure/node-row.ts";
import { nodeReportRows } from "../../src/report/node-row.ts";
import { reportInput } from "./result-fixture.ts";

const [BIRTH] = [...reportInput().nodes];

const MEASURED: NodeRow = {
  node: 0,
  cohort: "homes",
  zone: "Europe/Berlin",
  isOnline: true,
  isBricked: false,
  runsJob: "spring",
  jobs: [
    {
      job: "spring",
      outcome: "success",
      unfinished: "",
      reason: "",
      belief: "success",
      isReachable: true,
      isSettled: true,
      isRegressed: false,
      saidSuccess: true,
      attempts: 2,
      stage: "",
      releasedAtUs: null,
      offeredAtUs: 1,
      startedAtUs: 2,
      confirmedAtUs: 3,
      reportedAtUs: null,
    },
  ],
};

test("a node has a line for each job that is meant for it", () => {
  const jobs = [
    ...MEASURED.jobs,
    { ...MEASURED.jobs[0]!, job: "summer", outcome: "unfinished", unfinished: "offered" } as const,
  ];

  const rows = nodeReportRows(BIRTH!, { ...MEASURED, jobs }, "2.0.0");

  expect(rows.map(({ job, outcome, unfinishedAs }) => [job, outcome, unfinishedAs])).toEqual([
    ["spring", "success", null],
    ["summer", "unfinished", "offered"],
  ]);
  expect(rows[0]).toMatchObject({ id: BIRTH!.id, finalVersion: "2.0.0", downloadStartedAtUs: 2, reportedAtUs: null });
});

test("a node that no job is meant for has one line without outcome and belief", () => {
  const rows = nodeReportRows(BIRTH!, { ...MEASURED, jobs: [] }, "1.4.2");

  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ job: "", outcome: null, belief: null, isOnlineAtEnd: true, confirmedAtUs: null });
});

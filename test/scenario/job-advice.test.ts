import { expect, test } from "vitest";
import { noRoomRemarks } from "../../src/scenario/image-room.ts";
import { isRaceFree } from "../../src/scenario/race-free.ts";
import { mistakesIn, resolved, scenarioOf, scenarioText } from "./reading.ts";

const SMALLEST = `
name: smallest
clock: { start: 2026-03-10T12:00:00Z }
jobs: [{ name: a }]
end: { after: 72h }
`;

test("the smallest scenario is refused, for nobody asks; each way out of it can be copied as it stands", () => {
  const [mistake = "", ...more] = mistakesIn(SMALLEST);
  const [, advice = ""] = mistake.split(" | ");
  const copied = [...advice.matchAll(/"([^"]+)"/g)].map(([, text]) => text);

  expect(more).toEqual([]);
  expect(copied).toEqual([
    "fleet: { cohorts: [{ name: nodes, autofetch: { every: 6h } }] }",
    "begins: booting",
    "trigger: force-push",
  ]);
  expect(mistakesIn(`${SMALLEST}${copied[0]}\n`)).toEqual([]);
  expect(mistakesIn(`${SMALLEST}fleet: { ${copied[1]} }\n`)).toEqual([]);
  expect(mistakesIn(SMALLEST.replace("name: a", `name: a, ${copied[2]}`))).toEqual([]);
});

test("the advice fits: a period that comes round, in the cohort that is there, no push where there is none", () => {
  const short = mistakesIn(scenarioText({ cohort: "name: homes", end: "{ after: 30m }" }))[0];
  const polling = mistakesIn(scenarioText({ cohort: "name: homes", more: "backend: { adapter: http-poll }" }))[0];

  expect(short).toContain('"autofetch: { every: 10m }" in the cohort');
  expect(polling).toContain('"autofetch: { every: 6h }" in the cohort');
  expect(polling).not.toContain("force-push");
});

test("a job that starts when all have booted reaches nobody, unless another job makes them boot again", () => {
  const late = "name: b, starts: 10h";

  expect(mistakesIn(booting(late))[0]).toContain("reaches nobody: no target can ever hear of the job b");
  expect(mistakesIn(booting(`name: a, trigger: force-push, starts: 10h }, { ${late}`))).toEqual([]);
});

test.each([
  [
    "chip",
    "name: homes, autofetch: { every: 6h }, runs: { chip: esp32s3 }",
    {},
    "another chip than the image's, esp32c3: homes (esp32s3)",
  ],
  [
    "secure version",
    "name: homes, autofetch: { every: 6h }, runs: { secureVersion: 4 }",
    { more: "image: { make: { secureVersion: 3 } }" },
    "secure version is above the image's, 3: homes (4)",
  ],
  [
    "version",
    "name: homes, autofetch: { every: 6h }, runs: { version: 2.0.0 }",
    {},
    "that run version 2.0.0 already: homes",
  ],
])("a cohort that will refuse the image by its %s is warned of", (_, cohort, more, warning) => {
  const seen = resolved(scenarioText({ cohort, ...more })).warnings.map((each) => each.seen);

  expect(seen.filter((text) => text.includes(warning))).toHaveLength(1);
});

test("a cohort with the image's secure version is not warned of, nor one built without the check of the version", () => {
  const secure = scenarioText({
    cohort: "name: homes, autofetch: { every: 6h }, runs: { secureVersion: 3 }",
    more: "image: { make: { secureVersion: 3 } }",
  });
  const unchecked = scenarioText({
    cohort: "name: homes, autofetch: { every: 6h }, runs: { version: 2.0.0, checks: { version: false } }",
  });

  expect(resolved(secure).warnings).toEqual([]);
  expect(resolved(unchecked).warnings).toEqual([]);
});

test("a job that installs the version of another on the same nodes is warned of", () => {
  const [warning] = resolved(scenarioText({ job: "name: a }, { name: b, starts: 24h" })).warnings;

  expect(warning).toMatchObject({ field: "jobs[1].image", seen: expect.stringContaining("which a installs") });
});

test("a dynamic job whose nodes another job moves away is warned of", () => {
  const job =
    "name: a }, { name: b, image: { make: { version: 3.0.0 } }, targets: { dynamic: { version: 0.0.1-before } }";
  const seen = resolved(scenarioText({ job })).warnings.map((each) => each.seen);

  expect(seen).toEqual([expect.stringContaining("a moves some of them to another")]);
});

test.each([
  ["a job is cancelled before it is done", "name: a, cancel: 5h", /^job a is cancelled after 5h, before it is done/],
  ["a timeout comes before it is done", "name: a, timeout: 5h", /^the timeout of job a may come before/],
  [
    "two jobs are at work on the same nodes",
    "name: a }, { name: b, starts: 1h, image: { make: { version: 3.0.0 } }",
    /^jobs a and b are for some of the same nodes at the same time/,
  ],
  [
    "users may approve after the end",
    "name: a, trigger: { user-approved: { delay: 400h } }",
    /^end.after 14d may come before job a is done/,
  ],
])("a scenario is not race-free where %s", (_, job, reason) => {
  const { raceFree, reasons } = isRaceFree(scenarioOf(scenarioText({ job, end: "{ after: 14d }" })));

  expect(raceFree).toBe(false);
  expect(reasons).toEqual([expect.stringMatching(reason)]);
});

test.each([
  ["a cancel that comes long after all is done", "name: a, cancel: 10d"],
  ["jobs one after the other", "name: a }, { name: b, starts: 7d, image: { make: { version: 3.0.0 } }"],
  ["jobs for other nodes", "name: a, targets: { nodes: [1] } }, { name: b, targets: { nodes: [2] }"],
])("%s leaves a scenario race-free", (_, job) => {
  expect(isRaceFree(scenarioOf(scenarioText({ job, end: "{ after: 14d }" }))).reasons).toEqual([]);
});

function booting(job: string): string {
  return scenarioText({ cohort: "name: homes", job }).replace("fleet:\n", "fleet:\n  begins: booting\n");
}

test("an image that is larger than an OTA slot is warned of with both sizes, one that fills it is not", () => {
  const sized = (size: string) =>
    resolved(`
name: small
clock: { start: 2026-03-10T12:00:00Z }
image: { make: { size: ${size} } }
nodes: 30
fleet: { cohorts: [{ name: homes, autofetch: { every: 6h } }] }
jobs: [{ name: spring, targets: { nodes: ["0-19"] } }]
end: { after: 1d }
`);

  expect(sized("3MiB").warnings).toEqual([]);
  expect(noRoomRemarks(sized("3MiB").scenario)).toEqual([]);
  expect(sized("4MiB").warnings.map(({ seen }) => seen)).toEqual([
    "has 4MiB, more than the 3MiB of the OTA slot of each of its 20 targets",
  ]);
  expect(noRoomRemarks(sized("4MiB").scenario)).toEqual([
    expect.stringMatching(
      /^The image of job spring has 4MiB, .*: each attempt fails at the end of the slot, .* nodes ask again for as long as/,
    ),
  ]);
});

import { describe, expect, test } from "vitest";
import { describeMistake, UserError } from "../../src/base/user-error.ts";
import { seedOf } from "../../src/base/random.ts";
import { booksOf, fileIdOf, isGone, runsOf, withBooks } from "../../src/fleet/fleet-rows.ts";
import { traitsOf } from "../../src/fleet/traits.ts";
import { expectedLoad } from "../../src/scenario/expected-load.ts";
import { fleetMakeUp, goneRemarks } from "../../src/scenario/fleet-make-up.ts";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { type ResolvedScenario, resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { targetsOf } from "../../src/scenario/targets.ts";
import { fleetCsv, fleetFile } from "../fleet/fleet-file/reading.ts";
import { ADAPTERS } from "./reading.ts";

const ROWS = [
  { id: "a", zone: "Europe/Berlin", project: "thermostat", version: "1.4.2", link: "weak", lastSeen: "2026-03-09" },
  { id: "b", zone: "Asia/Tokyo", project: "thermostat", version: "1.5.0", link: "good", lastSeen: "2026-03-10" },
  { id: "c", zone: "Asia/Tokyo", project: "plug", version: "1.4.2", hardware: "b2", lastSeen: "2025-01-01" },
  { id: "d", zone: "Europe/Berlin", version: "1.4.2", link: "weak" },
  { id: "e", zone: "Europe/Berlin" },
] as const;

const LINKS = "links: { good: { throughput: 120KiB/s, latency: 40ms }, weak: { throughput: 15KiB/s } }";

function text(cohort: string, more = "", job = "name: spring"): string {
  return [
    "name: field",
    "clock: { start: 2026-03-10T12:00:00Z }",
    "image: { make: { project: thermostat, version: 2.0.0 } }",
    `fleet: { cohorts: [{ name: field, autofetch: { every: 6h }, ${cohort} }${more}] }`,
    `jobs: [{ ${job} }]`,
    "end: { after: 72h }",
  ].join("\n");
}

function resolved(scenario: string, set: readonly string[] = [], csv = fleetCsv(ROWS)): ResolvedScenario {
  const fleetFileOf = (wish: Parameters<typeof fleetFile>[1]) => fleetFile(csv, wish);
  const options = { adapters: ADAPTERS, overrides: { set }, fleetFile: fleetFileOf };
  return resolveScenario(readScenario(scenario, "s.yaml", options));
}

function told(scenario: string, set: readonly string[] = [], csv?: string): string[] {
  try {
    resolved(scenario, set, csv);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.mistakes.map(describeMistake);
  }
}

const FIELD = `from: fleet.csv, ${LINKS}, lastSeen: { gone: 90d }`;

describe("a cohort from a file", () => {
  const { scenario } = resolved(text(FIELD));
  const { fleet } = scenario;
  const seed = seedOf(scenario.seed);
  const nodes = [0, 1, 2, 3, 4];

  test("has a node for each row, in the file's order, with the row's zone and image", () => {
    expect(fleet.nodes).toBe(5);
    expect(nodes.map((node) => fileIdOf(fleet, node))).toEqual(["a", "b", "c", "d", "e"]);
    expect(nodes.map((node) => traitsOf(fleet, seed, node).zone)).toEqual(ROWS.map(({ zone }) => zone));
    expect(nodes.map((node) => `${runsOf(fleet, node).project} ${runsOf(fleet, node).version}`)).toEqual([
      "thermostat 1.4.2",
      "thermostat 1.5.0",
      "plug 1.4.2",
      "thermostat 1.4.2",
      "thermostat 0.0.1-before",
    ]);
  });

  test("gives each node the link of its row's class, and draws what the row leaves empty as ever", () => {
    const drawn = resolved(text("nodes: 5")).scenario.fleet;
    const links = nodes.map((node) => traitsOf(fleet, seed, node));
    const asEver = nodes.map((node) => traitsOf(drawn, seed, node));

    expect([0, 1, 3].map((node) => links[node]?.throughputBytesPerSecond)).toEqual([15_360, 122_880, 15_360]);
    expect(links[1]?.latencyUs).toBe(40_000);
    expect([2, 4].map((node) => links[node]?.throughputBytesPerSecond)).toEqual(
      [2, 4].map((node) => asEver[node]?.throughputBytesPerSecond),
    );
    expect(links[0]?.latencyUs).toBe(asEver[0]?.latencyUs);
    expect(links.map(({ flashBytesPerSecond }) => flashBytesPerSecond)).toEqual(
      asEver.map(({ flashBytesPerSecond }) => flashBytesPerSecond),
    );
  });

  test("counts as gone who was not seen for longer than it says, and tells how many", () => {
    expect(nodes.map((node) => isGone(fleet.cohorts[0]!, node))).toEqual([false, false, true, false, false]);
    expect(traitsOf(fleet, seed, 2).startsOfflineForUs).toBe(Infinity);
    expect(goneRemarks(scenario)).toEqual([
      "1 of the 5 nodes of cohort field were last seen more than 90d before the begin: they count as gone, and never come online.",
    ]);
  });

  test("is targeted by what its rows run, node by node", () => {
    const targets = (where: string): number[] => {
      const { scenario: aimed } = resolved(text(FIELD, "", `name: spring, targets: ${where}`));
      return [...targetsOf(aimed, aimed.jobs[0]!)];
    };

    expect(targets("{ where: { version: 1.4.2 } }")).toEqual([0, 2, 3]);
    expect(targets("{ where: { project: thermostat, version: 1.4.2 } }")).toEqual([0, 3]);
    expect(targets("{ dynamic: { type: plug } }")).toEqual([2]);
    expect(targets("{ dynamic: { version: 1.5.0 } }")).toEqual([1]);
  });

  test("goes through JSON without its rows, and is the same with them put back", () => {
    const json = JSON.stringify(scenario);
    const again = JSON.parse(json) as Scenario;

    expect(json.length).toBeLessThan(8_000);
    expect(() => traitsOf(again.fleet, seed, 0)).toThrow("the rows of a cohort are beside the scenario: field");
    const whole = withBooks(again.fleet, booksOf(fleet));
    expect(nodes.map((node) => traitsOf(whole, seed, node))).toEqual(nodes.map((node) => traitsOf(fleet, seed, node)));
  });

  test("is printed so that reading it again gives the same", () => {
    expect(resolved(printScenario(scenario)).scenario).toEqual(scenario);
  });

  test("shows what it is made of", () => {
    const [made] = fleetMakeUp(scenario);

    expect(made).toMatchObject({ cohort: "field", file: "fleet.csv", nodes: 5, rowsInFile: 5, gone: 1 });
    expect(made?.zones).toEqual([
      { word: "Europe/Berlin", nodes: 3 },
      { word: "Asia/Tokyo", nodes: 2 },
    ]);
    expect(made?.links).toEqual([
      { word: "", nodes: 2 },
      { word: "weak", nodes: 2 },
      { word: "good", nodes: 1 },
    ]);
    expect(made?.lastSeen).toEqual([
      { word: "within 1 d", nodes: 1 },
      { word: "within 7 d", nodes: 1 },
      { word: "earlier", nodes: 1 },
      { word: "", nodes: 2 },
    ]);
    expect(expectedLoad(scenario).zones).toEqual([
      { zone: "Europe/Berlin", nodes: 3 },
      { zone: "Asia/Tokyo", nodes: 2 },
    ]);
  });
});

describe("fewer nodes than rows", () => {
  const csv = fleetCsv(Array.from({ length: 1_000 }, (_, row) => ({ id: `n-${row}`, zone: "Asia/Tokyo" })));

  test("take rows by the seed, in the file's order, and are another part for another seed", () => {
    const idsOf = (set: readonly string[]): number[] => {
      const { fleet } = resolved(text("from: fleet.csv"), set, csv).scenario;
      return Array.from({ length: fleet.nodes }, (_, node) => Number(fileIdOf(fleet, node).slice(2)));
    };

    const taken = idsOf(["nodes=100"]);

    expect(taken).toHaveLength(100);
    expect(taken).toEqual([...taken].sort((a, b) => a - b));
    expect(idsOf(["nodes=100"])).toEqual(taken);
    expect(idsOf(["nodes=100", "seed=2"])).not.toEqual(taken);
    // More of them are the same ones, and others.
    expect(idsOf(["nodes=200"])).toEqual(expect.arrayContaining(taken));
  });

  test("leave room for the cohorts with counts, and the files share what is left by their rows", () => {
    const counts = ", { name: more, nodes: 50 }, { name: again, from: again.csv }";

    const { fleet } = resolved(text("from: fleet.csv", counts), ["nodes=250"], csv).scenario;

    expect(fleet.cohorts.map(({ nodes }) => nodes)).toEqual([100, 50, 100]);
  });
});

test.each<[title: string, cohort: string, set: readonly string[], lines: readonly string[]]>([
  [
    "with nodes too",
    "from: fleet.csv, nodes: 5",
    [],
    ["nodes is 5; must be left out: the cohort has a node for each row"],
  ],
  [
    "with more nodes than rows",
    FIELD,
    ["nodes=6"],
    ["nodes is 6; must be at most 5: a cohort from a file has no more nodes than rows"],
  ],
  [
    "without a file, and links",
    `nodes: 5, ${LINKS}`,
    [],
    ["links is a mapping; is for a cohort from a file: leave it out, or say from: fleet.csv"],
  ],
  [
    "without a file, and when it was last seen",
    "nodes: 5, lastSeen: { gone: 90d }",
    [],
    ["lastSeen is a mapping; is for a cohort from a file"],
  ],
  [
    "without what the words of its links mean",
    "from: fleet.csv",
    [],
    ["links is missing; must say what the words of the link column mean: weak, good"],
  ],
  [
    "with links, of a file without them",
    `from: { file: fleet.csv, columns: { id: id } }, ${LINKS}`,
    [],
    ["links is a mapping; wants the column that has these words: say from.columns.link"],
  ],
  [
    "without a column of ids",
    "from: { file: fleet.csv, columns: { zone: zone } }",
    [],
    ["from.columns.id is missing; must be the name of a column"],
  ],
  [
    "with a column of no name",
    "from: { file: fleet.csv, columns: { id: id, colour: c } }",
    [],
    ["from.columns.colour is an unknown key; known here are id, zone"],
  ],
  ["of a number", "from: 5", [], ["from is 5; must be the path of a CSV file, or a mapping with file and columns"]],
])("a cohort from a file %s is refused", (_, cohort, set, lines) => {
  const seen = told(text(cohort), set).map((line) =>
    line.replace(/^(s\.yaml:\d+:\d+|--set nodes=\d+): (fleet\.cohorts\[0\]\.)?/, ""),
  );

  expect(seen.map((line, index) => line.slice(0, lines[index]?.length))).toEqual(lines);
});

test("zones whose sign is easily mistaken, or that the firmware does not know, are told once with their rows", () => {
  const zones = [
    ...Array<string>(7).fill("Etc/GMT+5"),
    ...Array<string>(2).fill("Etc/GMT-3"),
    "Etc/GMT+0",
    "Asia/Tokyo",
  ];
  const csv = fleetCsv([...zones, "Europe/Kyiv"].map((zone, row) => ({ id: `n-${row}`, zone })));

  const warnings = (set: readonly string[] = []): string[] =>
    resolved(text("from: fleet.csv"), set, csv).warnings.map(describeMistake);

  expect(warnings()).toEqual([
    "s.yaml:4:67: fleet.cohorts[0].from has 9 rows in zones whose sign is easily mistaken: Etc/GMT+5 (7), Etc/GMT-3 (2); Etc/GMT+5 is 5 h behind UTC: its sign is reversed; Etc/GMT-5 is the other one; a zone by place, such as America/New_York, is plainer",
    "s.yaml:4:67: fleet.cohorts[0].from has 11 rows in zones that the firmware does not know: Etc/GMT+5 (7), Etc/GMT-3 (2), Etc/GMT+0 (1), Europe/Kyiv (1); these nodes keep the firmware's default, Asia/Shanghai",
  ]);
  expect(warnings(["backend.adapter=http-poll"])).toHaveLength(1);
  expect(resolved(text("from: fleet.csv"), [], fleetCsv([{ id: "a", zone: "Asia/Tokyo" }])).warnings).toEqual([]);
});

test("rows without a version, above the image's, or last seen after the begin are told with their number", () => {
  const rows = (...of: readonly (readonly [version: string, lastSeen: string])[]): string =>
    fleetCsv(of.map(([version, lastSeen], row) => ({ id: `n-${row}`, zone: "Asia/Tokyo", version, lastSeen })));
  const warnings = (csv: string, cohort = "from: fleet.csv, lastSeen: { gone: 90d }"): string[] =>
    resolved(text(cohort), [], csv).warnings.map(({ seen }) => seen);
  const before = "2026-03-10T12:00:00Z";

  expect(
    warnings(
      rows(["", before], ["2.0.1", before], ["2.0.0.1", "2026-03-10T12:00:01Z"], ["1.9.9", before], ["2.x", ""]),
    ),
  ).toEqual([
    "has 1 row without a version beside others with one",
    'has 2 rows with a version above that of the image, "2.0.0"',
    "has 1 row last seen after clock.start, 2026-03-10T12:00:00Z",
  ]);
  expect(warnings(rows(["1.10.0", before], ["1.9", before]))).toEqual([]);
  expect(warnings(rows(["", before], ["", before]))).toEqual([]);
  expect(warnings(rows(["1.9.0", "2026-03-11"]), "from: fleet.csv")).toEqual([]);
});

test("a mistake of the file stands beside those of the scenario", () => {
  const wrong = text(`${FIELD}, boot: soon`);

  const seen = told(wrong, [], fleetCsv([{ id: "a", zone: "Nowhere" }]));

  expect(seen.map((line) => line.slice(0, 60))).toEqual([
    expect.stringMatching(/^s\.yaml:4:\d+: fleet\.cohorts\[0\]\.boot is "soon"/),
    expect.stringMatching(/^fleet\.csv:2:3: row 1, zone is "Nowhere"/),
  ]);
});

test("whoever reads a scenario without reading files is told so", () => {
  const read = (): unknown => readScenario(text(FIELD), "s.yaml", { adapters: ADAPTERS });

  expect(read).toThrow('fleet.cohorts[0].from is "fleet.csv"; cannot be read here');
});

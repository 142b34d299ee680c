import { expect, test } from "vitest";
import * as commandLines from "./fixtures/bad-input/command-lines.ts";
import * as fleetFiles from "./fixtures/bad-input/fleet-files.ts";
import * as imageAnswers from "./fixtures/bad-input/image-answers.ts";
import * as imageFiles from "./fixtures/bad-input/image-files.ts";
import * as mqttPackets from "./fixtures/bad-input/mqtt-packets.ts";
import * as offers from "./fixtures/bad-input/offers.ts";
import * as requests from "./fixtures/bad-input/requests.ts";
import * as runFolders from "./fixtures/bad-input/run-folders.ts";
import * as scenarioForm from "./fixtures/bad-input/scenario-form.ts";
import * as scenarioOperator from "./fixtures/bad-input/scenario-operator.ts";
import * as scenarioValues from "./fixtures/bad-input/scenario-values.ts";
import * as traceFiles from "./fixtures/bad-input/trace-files.ts";

/** Inputs of each kind that there are at least: the tables may grow, and lose nothing. */
const LEAST = {
  scenarios: 300,
  commandLines: 120,
  fleetFiles: 40,
  traceFiles: 14,
  images: 40,
  runFolders: 35,
  offers: 75,
  imageServers: 95,
  mqtt: 45,
  http: 30,
  api: 45,
  statuses: 20,
};

const { BAD_HEADS_FOR_SERVERS, BAD_ADMIN_BODIES, BAD_STATUSES } = requests;

const COUNTED: Readonly<Record<keyof typeof LEAST, number>> = {
  scenarios: inputsOf({ ...scenarioForm, ...scenarioOperator, ...scenarioValues }),
  commandLines: inputsOf(commandLines),
  fleetFiles: inputsOf(fleetFiles),
  traceFiles: inputsOf(traceFiles),
  images: inputsOf(imageFiles),
  runFolders: inputsOf(runFolders),
  offers: inputsOf(offers),
  imageServers: inputsOf(imageAnswers),
  mqtt: inputsOf(mqttPackets),
  http: BAD_HEADS_FOR_SERVERS.length,
  api: BAD_ADMIN_BODIES.length,
  statuses: BAD_STATUSES.length,
};

test.each(Object.entries(LEAST))("the tables of bad input hold %s, at least %i", (kind, least) => {
  expect(COUNTED[kind as keyof typeof LEAST]).toBeGreaterThanOrEqual(least);
});

test("each input has an outcome of its own words in its table", () => {
  const tables = [
    commandLines,
    imageAnswers,
    imageFiles,
    mqttPackets,
    offers,
    requests,
    scenarioForm,
    scenarioOperator,
    scenarioValues,
  ];
  const outcomes = tables
    .flatMap((table) => Object.values(table))
    .flatMap((rows) => rows.map((row: readonly unknown[]) => row.at(-1)));

  expect(outcomes.filter((outcome) => outcome === "" || outcome === "?")).toEqual([]);
});

function inputsOf(tables: Readonly<Record<string, readonly unknown[]>>): number {
  return Object.values(tables).reduce((sum, table) => sum + table.length, 0);
}

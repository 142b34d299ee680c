/** From the folder of a live run to the figures of a model of its servers. */
import { join } from "node:path";
import { seedOf } from "../base/random.ts";
import { UserError } from "../base/user-error.ts";
import { FAULTS } from "../faults/faults.ts";
import { traitsOf } from "../fleet/traits.ts";
import { calibrateServers, type ServerCalibration } from "../measure/calibration.ts";
import { CalibrationSamples } from "../measure/calibration-samples.ts";
import { RECORD_BYTES } from "../measure/event-record.ts";
import { readRecords } from "../measure/record-codec.ts";
import { ShardAccounts } from "../measure/shard-account.ts";
import { paceOf } from "../node/faulting.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { readEventLog } from "./event-log-reader.ts";
import { reportOf } from "./recompute.ts";
import type { RunDocument } from "./run-document.ts";
import { FILES } from "./run-folder.ts";
import { documentOfFolder } from "./run-folder-document.ts";

/** A run and what it says of its servers. */
export interface RunCalibration extends ServerCalibration {
  readonly document: RunDocument;
  /** How long the run was, fleet microseconds. */
  readonly endedAtUs: number;
}

const WHICH = "name the folder of a live run that passed, or failed by its thresholds alone";

/** Calibrates with the run in a folder; throws a `UserError` where there is none, or none that may be used. */
export async function calibrateRun(folder: string): Promise<RunCalibration> {
  const refuse = (seen: string, expected = WHICH): never => {
    throw new UserError({ file: folder, seen, expected });
  };
  const document = documentOfFolder(folder);
  if (document.shards === 0) refuse("is of a plan, in which nothing was measured");
  const { scenario } = document;
  if (scenario.backend.faults.length > 0) {
    const names = scenario.backend.faults.map(({ name }) => name).join(", ");
    refuse(`is of a backend that was to misbehave (${names})`, "calibrate with a run without backend.faults");
  }
  const result = await reportOf(folder);
  const { verdict, reasons } = result;
  if (verdict === "invalid" || verdict === "incomplete")
    refuse(`is ${verdict}: ${(reasons[0] ?? "").replace(/\.$/, "")}`);
  return { document, endedAtUs: result.clock.endedAtUs, ...calibrateServers(samplesOf(folder, document), result) };
}

function samplesOf(folder: string, { run, scenario }: RunDocument): CalibrationSamples {
  const samples = new CalibrationSamples(scenario.clock.speed, paceOfNode(scenario));
  const shards = new ShardAccounts();
  readEventLog(join(folder, FILES.events), run, (batch) => {
    // A batch that is there twice counts once, as in the result.
    if (shards.accept(batch, Math.floor(batch.bytes.byteLength / RECORD_BYTES))) readRecords(batch.bytes, samples);
  });
  return samples;
}

/** What a node takes at most, bytes a second of fleet time. */
function paceOfNode({ fleet, seed }: Scenario): (node: number) => number {
  const touches = FAULTS.map(({ touch }) => touch);
  const draws = seedOf(seed);
  const known = new Map<number, number>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const { throughputBytesPerSecond, flashBytesPerSecond, faults } = traitsOf(fleet, draws, node);
    const pace = paceOf(throughputBytesPerSecond, flashBytesPerSecond, faults, touches);
    known.set(node, pace);
    return pace;
  };
}

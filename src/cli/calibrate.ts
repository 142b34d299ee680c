/** `otafleet calibrate`: a live run's servers as the block `model:` of a scenario. */
import type { FittedValue, UnfittedValue } from "../measure/calibration.ts";
import { durationText, readableSentence } from "../report/duration-text.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { wrapped } from "../report/text-wrapping.ts";
import { shellWord } from "./command-text.ts";
import { columnsOf, painterOf, tellPeople, tellPrograms } from "./console.ts";
import { EXIT } from "./exit-codes.ts";
import { writeBytes } from "./file-bytes.ts";

/** Flags as they were typed. */
export interface CalibrateFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
}

/** Calibrates with a run, writes the block, says how well each value fits, and answers the exit code. */
export async function calibrate(folder: string, flags: CalibrateFlags): Promise<number> {
  const [{ calibrateRun }, { compressedClock, modelText, figureText, evidenceText }] = await Promise.all([
    import("../engine/calibrate-run.ts"),
    import("../engine/model-text.ts"),
  ]);
  const calibration = await calibrateRun(folder);
  const { fitted, unfitted, document, endedAtUs, speedMax } = calibration;
  const paint = painterOf(process.stderr, flags.color);
  const columns = columnsOf(process.stderr);
  if (flags.quiet !== true) {
    for (const sentence of compressedClock(document.scenario.clock.speed))
      for (const line of wrapped(sentence, "", "", columns)) tellPeople(paint.warn(line));
    for (const value of fitted)
      for (const line of fittedLines(value, figureText(value.figure), evidenceText(value), paint, columns))
        tellPeople(line);
    for (const value of unfitted) {
      const assumed = value.assumed === undefined ? "" : `: ${figureText(value.assumed)}, assumed`;
      for (const line of unfittedLines(value, assumed, paint, columns)) tellPeople(line);
    }
    for (const line of slowerClock(speedMax, endedAtUs, columns)) tellPeople(line);
  }
  const text = modelText(calibration);
  if (text === "") {
    tellPeople(paint.bad("otafleet: no value could be fitted, so there is no model to write"));
    return EXIT.invalid;
  }
  if (flags.out === undefined) tellPrograms(text);
  else {
    writeBytes(flags.out, new TextEncoder().encode(text), flags.force === true);
    if (flags.quiet !== true) {
      tellPeople(
        paint.quiet(
          `written to ${harmlessLine(flags.out)}: otafleet plan FILE --model ${harmlessLine(shellWord(flags.out))}`,
        ),
      );
    }
  }
  return EXIT.passed;
}

/** A distance above this is no fit that one would draw a line through. */
const DISTANCE_BAD = 0.15;

function fittedLines(
  { name, goodness }: FittedValue,
  figure: string,
  evidence: string,
  paint: Painter,
  columns: number,
): readonly string[] {
  const isBad = (goodness?.distance ?? 0) > DISTANCE_BAD;
  const sign = isBad ? paint.warn("!") : paint.good("✓");
  const told = isBad ? `fits badly: ${evidence}` : evidence;
  return [`${sign} ${paint.strong(name)}: ${figure}`, ...wrapped(told, "    ", "", columns).map(paint.quiet)];
}

function unfittedLines(
  { name, because, needs }: UnfittedValue,
  assumed: string,
  paint: Painter,
  columns: number,
): readonly string[] {
  const told = needs === "" ? because : `${because}; it needs ${needs}`;
  const sentence = `could not be fitted: ${harmlessLine(readableSentence(told))}`;
  return [
    `${paint.warn("–")} ${paint.strong(name)}${assumed}`,
    ...wrapped(sentence, "    ", "", columns).map(paint.quiet),
  ];
}

/** What to do for those that the clock was too fast for. */
function slowerClock(speedMax: number | undefined, endedAtUs: number, columns: number): readonly string[] {
  if (speedMax === undefined) return [];
  const sentence = `A run with --set clock.speed=${speedMax} should fit what this one was too fast for, on a machine that does nothing else; as long a one takes ${durationText(endedAtUs / speedMax)}.`;
  return wrapped(sentence, "", "", columns);
}

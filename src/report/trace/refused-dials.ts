/** Dials that are refused one after the other: in an outage a node dials every ten seconds, and each says the same. */
import type { TraceStep } from "../../node/trace-step.ts";
import { counted } from "../count-text.ts";
import { durationText } from "../duration-text.ts";

/** Fewer than these are told one by one. */
const TOLD_AS_ONE_MIN = 3;

export interface RefusedDials {
  readonly times: number;
  /** From the first of them to the last, microseconds. */
  readonly overUs: number;
  /** Place of the last step of them. */
  readonly last: number;
}

/** The dials behind a step that do nothing but be refused; undefined = too few to be told as one. */
export function refusedDialsBehind(steps: readonly TraceStep[], place: number): RefusedDials | undefined {
  let last = place;
  while (isDial(steps[last + 1]) && isRefusal(steps[last + 2])) last += 2;
  const times = (last - place) / 2;
  if (times < TOLD_AS_ONE_MIN) return undefined;
  return { times, overUs: (steps[last - 1]?.atUs ?? 0) - (steps[place + 1]?.atUs ?? 0), last };
}

/** The dials in words, as of the last refusal. */
export function refusedDialsText({ times, overUs }: RefusedDials): string {
  return `${counted(times, "more dial")}, one every ${durationText(overUs / (times - 1))}, and each is refused`;
}

function isDial(step: TraceStep | undefined): boolean {
  return (
    step?.input.kind === "deadline reached" &&
    step.acts.length > 0 &&
    step.acts.every((act) => ("wish" in act ? act.wish === "connect" : act.note === "dialled"))
  );
}

function isRefusal(step: TraceStep | undefined): boolean {
  return step?.input.kind === "connection refused" && step.acts.length === 0;
}

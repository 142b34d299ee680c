/**
 * The trace of a node for people: what happened, in fleet time and in the node's own local time, and what it waits for
 * in between. All that others chose (ids, versions, metadata) is made harmless.
 */
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { Trace, TraceHead } from "../fleet/trace.ts";
import { offsetSecondsAt, parsePosixZone, type PosixZone } from "../node/posix-zone.ts";
import type { TraceStep } from "../node/trace-step.ts";
import { bytesText } from "./count-text.ts";
import { durationText, instantText } from "./duration-text.ts";
import { harmlessLine } from "./text-cleaning.ts";
import { actWords } from "./trace/act-words.ts";
import { endWords } from "./trace/end-words.ts";
import { inputWords } from "./trace/input-words.ts";
import { NodeStory } from "./trace/node-story.ts";
import { refusedDialsBehind, refusedDialsText } from "./trace/refused-dials.ts";
import { waitWords } from "./trace/wait-words.ts";

const LINE_MAX = 400;
/** Width of `  3d 07:05:12.345  2026-03-31 02:00:05  `. */
const INDENT = " ".repeat(40);

/** Times are the node's own: what its window is held against. */
const HEADS = `${"after the start".padStart(17)}  ${"local time".padEnd(19)}  what it is told; - what it does; ... what it waits for, at its local time`;

/** The node in a line: index, ids, cohort, zone, release, and what it runs. */
export function nodeText({ node, cohort, scenario, seed }: TraceHead): string {
  const { runs, zones } = cohort;
  const parts = [
    `node ${node.index}`,
    node.id,
    ...(node.fileId === "" ? [] : [`"${node.fileId}" of the fleet file`]),
    `cohort ${cohort.name}`,
    zones[0]?.value ?? "",
    runs.generations[0]?.value ?? "",
    `runs ${runs.project} ${runs.version}`,
    `in ${scenario}, seed ${seed}`,
  ];
  return harmlessLine(parts.join("  "), LINE_MAX);
}

/** The whole trace, a line end behind its last line. */
export function traceText(trace: Trace): string {
  const { head, steps } = trace;
  const zone = parsePosixZone(head.node.zoneRule);
  const story = new NodeStory(trace);
  const lines = [nodeText(head), birthText(head), HEADS];
  const tell = (atUs: number, words: string): void => {
    const at = `${fleetClock(atUs).padStart(17)}  ${localText(head, zone, atUs)}  `;
    lines.push(`${at}${harmlessLine(words, LINE_MAX)}`);
  };
  for (let place = 0; place < steps.length; place++) {
    const step = steps[place] as TraceStep;
    const told = inputWords(step, story);
    story.takeStep(step);
    tell(step.atUs, told);
    const came = step.acts.flatMap((act) => actWords(act, story) ?? []);
    for (const words of came) lines.push(`${INDENT}- ${harmlessLine(words, LINE_MAX)}`);
    lines.push(`${INDENT}... ${harmlessLine(waitText(head, zone, step, story), LINE_MAX)}`);
    // Of dials that are refused one after the other the first is told, and the others as one.
    const more = step.input.kind === "connection refused" ? refusedDialsBehind(steps, place) : undefined;
    if (more === undefined) continue;
    for (const skipped of steps.slice(place + 1, more.last + 1)) story.takeStep(skipped);
    place = more.last;
    const last = steps[place] as TraceStep;
    tell(last.atUs, refusedDialsText(more));
    lines.push(`${INDENT}... ${harmlessLine(waitText(head, zone, last, story), LINE_MAX)}`);
  }
  tell(trace.endedAtUs, `the ${trace.driver === "live" ? "run" : "plan"} ends: ${trace.endedBecause}`);
  const last = steps.at(-1);
  const wait = last === undefined ? undefined : waitText(head, zone, last, story, trace.endedAtUs);
  for (const words of endWords(trace, wait)) lines.push(`${INDENT}- ${harmlessLine(words, LINE_MAX)}`);
  return `${lines.join("\n")}\n`;
}

function birthText({ birth, startUtcMs }: TraceHead): string {
  const { isUp, networkChangesAtUs, faults, begins } = birth;
  const link =
    networkChangesAtUs === Infinity
      ? isUp
        ? "on the network for good"
        : "gone: it never comes online"
      : `${isUp ? "on the network" : "offline"} until ${instantText(startUtcMs + networkChangesAtUs / 1_000, true)}`;
  const pace = Math.min(birth.throughputBytesPerSecond, birth.flashBytesPerSecond);
  return `  ${begins === "running" ? "booted long ago" : "still off"}, ${link}; draws ${bytesText(pace)}/s at most${faults === 0 ? "" : "; a fault was drawn"}`;
}

/** `nowUs`: from when on it is counted how long it still waits. */
function waitText(
  head: TraceHead,
  zone: PosixZone | undefined,
  step: TraceStep,
  story: NodeStory,
  nowUs: number = step.atUs,
): string {
  const { wakesAtUs } = step;
  const words = waitWords(step, story, head);
  if (wakesAtUs === null) return words;
  return `${words} ${localText(head, zone, wakesAtUs)}, in ${durationText(Math.max(0, wakesAtUs - nowUs))}`;
}

/** `3d 07:05:12.345`: what of fleet time has passed. */
function fleetClock(us: number): string {
  const part = (size: number, of: number): string => String(Math.floor((us % of) / size)).padStart(2, "0");
  const days = us >= DAY_US ? `${Math.floor(us / DAY_US)}d ` : "";
  const ms = String(Math.floor((us % SECOND_US) / 1_000)).padStart(3, "0");
  return `${days}${part(HOUR_US, DAY_US)}:${part(MINUTE_US, HOUR_US)}:${part(SECOND_US, MINUTE_US)}.${ms}`;
}

/** The node's local time, as its own rule has it. */
function localText({ startUtcMs }: TraceHead, zone: PosixZone | undefined, atUs: number): string {
  const epochSeconds = Math.floor(startUtcMs / 1_000 + atUs / SECOND_US);
  const offset = zone === undefined ? 0 : offsetSecondsAt(zone, epochSeconds);
  return instantText((epochSeconds + offset) * 1_000, true).replace(" UTC", "");
}

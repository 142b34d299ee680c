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
import { inputWords } from "./trace/input-words.ts";
import { NodeStory } from "./trace/node-story.ts";
import { waitWords } from "./trace/wait-words.ts";

const LINE_MAX = 400;
/** Width of `  3d 07:05:12.345  2026-03-31 02:00:05  `. */
const INDENT = " ".repeat(40);

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
export function traceText({ head, steps }: Trace): string {
  const zone = parsePosixZone(head.node.zoneRule);
  const story = new NodeStory(head);
  const lines = [nodeText(head), birthText(head), ""];
  for (const step of steps) {
    const at = `${fleetClock(step.atUs).padStart(17)}  ${localText(head, zone, step.atUs)}  `;
    const told = inputWords(step, story);
    story.takeStep(step);
    const came = step.acts.flatMap((act) => actWords(act, story) ?? []);
    lines.push(`${at}${harmlessLine(told, LINE_MAX)}`);
    for (const words of came) lines.push(`${INDENT}- ${harmlessLine(words, LINE_MAX)}`);
    lines.push(`${INDENT}... ${harmlessLine(waitText(head, zone, step, story), LINE_MAX)}`);
  }
  if (steps.length === 0) lines.push("  nothing ever happened to it");
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

function waitText(head: TraceHead, zone: PosixZone | undefined, step: TraceStep, story: NodeStory): string {
  const { wakesAtUs, atUs } = step;
  const words = waitWords(step, story, head);
  if (wakesAtUs === null) return words;
  return `${words} ${localText(head, zone, wakesAtUs)}, in ${durationText(wakesAtUs - atUs)}`;
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

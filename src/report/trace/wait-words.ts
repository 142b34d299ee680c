/** What a node waits for, in words that go before an instant: its own least deadline, and what it means just then. */
import { SECOND_US } from "../../base/instant.ts";
import type { TraceHead } from "../../fleet/trace.ts";
import type { TracedInput, TraceStep, TraceValue } from "../../node/trace-step.ts";
import { isoText } from "../duration-text.ts";
import { localMinuteAt, parsePosixZone } from "../../node/posix-zone.ts";
import { type NodeStory, type OfferWait, word } from "./node-story.ts";

/** The firmware sleeps so much longer than to the opening. */
const WAIT_MARGIN_US = 5 * SECOND_US;

/** `story`: as it stands behind the step. */
export function waitWords(step: TraceStep, story: NodeStory, head: TraceHead): string {
  const { wakesFor, atUs } = step;
  const offer = story.wait === undefined || story.wait.untilUs <= atUs ? undefined : offerWait(story.wait, story, head);
  const own = ownWait(wakesFor, story);
  if (offer === undefined) return own;
  return wakesFor === "fetch" && step.wakesAtUs === story.wait?.untilUs
    ? `${offer}; asks again`
    : `${offer}; before that it ${own}`;
}

function ownWait(wakesFor: string, story: NodeStory): string {
  const isOn = story.of("power.isOn") === true;
  const busy = busyWords(story);
  switch (wakesFor) {
    case "nothing":
      return isOn ? `${busy}waits for the backend, and for nothing of its own` : "is off for good";
    case "network":
      if (story.of("link.isUp") !== true) return `${isOn ? "" : "is off and "}has no network until`;
      return `${busy}waits for the backend, and has a network until`;
    case "boot":
      return "is off, and boots";
    case "reboot":
      return story.willReboot ? "waits for its reboot," : "runs until a fault of its image strikes,";
    case "rollback":
      return "is on trial: without the backend it rolls back";
    case "verification":
      return "reads the slot back until";
    case "fetch acknowledgement":
      return `${busy}waits for the answer to its question, at most until`;
    case "fetch":
      return `${busy}asks again`;
    case "autofetch":
      return `${busy}waits for its next autofetch,`;
    case "outbox":
      return `${busy}waits for acknowledgements, and writes again`;
    case "dial":
      return story.of("link.isDialling") === true ? "waits for the connection, at most until" : "dials again";
    default:
      return `${busy}waits for ${wakesFor} until`;
  }
}

function busyWords(story: NodeStory): string {
  const step = story.of("update.step");
  return step === "idle" || step === null ? "" : `draws the image (${word(step)}), `;
}

function offerWait(wait: OfferWait, story: NodeStory, head: TraceHead): string {
  const { reason, untilUs } = wait;
  const times = story.offer === undefined ? [] : offerTimes(story.offer);
  if (reason === "outside window") {
    const [window = "its window"] = times.filter((text) => text.startsWith("window"));
    const opensUs = opensAtUs(wait, story, head);
    const opens = opensUs === undefined ? "" : `, which opens ${instant(head, opensUs)}`;
    return `waits for its ${window} ${story.zone}${opens}`;
  }
  if (reason === "before validity")
    return `waits for its job to be valid, from ${instant(head, untilUs - WAIT_MARGIN_US)} on`;
  return `waits (${reason})`;
}

/** Two days hold the next opening of every window, also one that a change of the clocks swallows. */
const OPENS_WITHIN_MINUTES = 2 * 24 * 60 + 60;

/** The first minute from the wait's begin on that is in the window, by the node's own rule; the firmware may sleep by another. */
function opensAtUs({ fromUs }: OfferWait, { offer }: NodeStory, { node, startUtcMs }: TraceHead): number | undefined {
  const window = offer?.["window"] as Readonly<Record<string, TraceValue>> | undefined;
  const [start, end] = [window?.["startMinute"], window?.["endMinute"]];
  const zone = parsePosixZone(node.zoneRule);
  if (typeof start !== "number" || typeof end !== "number" || zone === undefined) return undefined;
  const startSeconds = Math.floor(startUtcMs / 1_000);
  const first = Math.ceil((startSeconds + fromUs / SECOND_US) / 60);
  for (let minute = first; minute < first + OPENS_WITHIN_MINUTES; minute += 1) {
    const local = localMinuteAt(zone, minute * 60);
    const isIn = start <= end ? local >= start && local <= end : local >= start || local <= end;
    if (isIn) return (minute * 60 - startSeconds) * SECOND_US;
  }
  return undefined;
}

function instant({ startUtcMs }: TraceHead, us: number): string {
  return (isoText(startUtcMs + Math.round(us / 1_000)) ?? "").replace(/:00\.000Z$|\.000Z$/, "Z");
}

/** When an offer may start: `window 02:00-04:30`, `valid from 2026-03-28T18:00Z`. */
export function offerTimes(offer: TracedInput): readonly string[] {
  const window = offer["window"] as Readonly<Record<string, TraceValue>> | undefined;
  const validity = offer["validity"] as Readonly<Record<string, TraceValue>> | undefined;
  const seconds = (value: TraceValue | undefined): string =>
    (isoText(Number(value) * 1_000) ?? "").replace(".000Z", "Z");
  return [
    ...(window === undefined ? [] : [`window ${clockFace(window["startMinute"])}-${clockFace(window["endMinute"])}`]),
    ...(validity?.["startSeconds"] === undefined ? [] : [`valid from ${seconds(validity["startSeconds"])}`]),
    ...(validity?.["endSeconds"] === undefined ? [] : [`valid until ${seconds(validity["endSeconds"])}`]),
  ];
}

function clockFace(minute: TraceValue | undefined): string {
  if (typeof minute !== "number") return "?";
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

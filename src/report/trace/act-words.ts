/** What a node wished for and noted, in words; what only says the same once more is left to the trace's file. */
import { unreachable } from "../../base/assert.ts";
import type { TracedAct } from "../../node/trace-step.ts";
import { bytesText } from "../count-text.ts";
import { durationText } from "../duration-text.ts";
import { type NodeStory, word } from "./node-story.ts";

/** Undefined for what a reader has been told already. */
export function actWords(act: TracedAct, story: NodeStory): string | undefined {
  return "wish" in act ? wishWords(act as Wish) : NOTE_WORDS[act.note](act, story);
}

type Wish = Extract<TracedAct, { readonly wish: unknown }>;
type Note = Extract<TracedAct, { readonly note: unknown }>;

function wishWords(act: Wish): string | undefined {
  switch (act.wish) {
    case "connect":
      return "dials";
    case "disconnect":
      return "drops the link";
    case "listen":
      return "subscribes to offers";
    case "greet":
      return "publishes its config and params";
    case "send":
      return act["says"] === "fetch"
        ? `asks for an update (message ${word(act["message"])})`
        : `reports ${word(act["status"])}: ${word(act["reason"])} (message ${word(act["message"])})`;
    case "download":
      return `asks for the image of offer ${word(act["offer"])}${act["fromBytes"] === 0 ? "" : ` from ${bytesText(Number(act["fromBytes"]))} on`}, at most ${bytesText(Number(act["paceBytesPerSecond"]))}/s`;
    case "stopDownload":
    case "cutDownload":
      return "cuts its download";
    case "awaitBytes":
    case "powerOff":
    case "release":
      return undefined;
    default:
      return unreachable(act.wish);
  }
}

type NoteWords = (act: Note, story: NodeStory) => string | undefined;

const said =
  (text: string): NoteWords =>
  (): string =>
    text;
/** A reader has been told already, by what the node was told or wished for. */
const unsaid: NoteWords = () => undefined;

/** What otadata has on an image, where the bootloader's own word says little. */
const STATE_WORDS: ReadonlyMap<string, string> = new Map([
  ["undefined", "which is on no trial"],
  ["pending-verify", "on trial (pending-verify)"],
  ["valid", "which is marked valid"],
]);

const NOTE_WORDS: Readonly<Record<Note["note"], NoteWords>> = {
  "link lost": ({ why }) => `has no link any more: ${word(why)}`,
  "powered off": ({ why }) => `is off: ${word(why)}`,
  runs: ({ image, state }) => `runs ${word(image)}, ${STATE_WORDS.get(word(state)) ?? word(state)}`,
  bricked: said("boots nothing any more: bricked"),
  "boot slot set": ({ image }) => `will boot ${word(image)} next`,
  "marked valid": ({ image }) => `marks ${word(image)} valid`,
  "marked invalid": ({ image }) => `marks ${word(image)} invalid`,
  reboots: ({ why }) => `resets: ${word(why)}`,
  "self-test": ({ when }) => `tests itself: ${word(when)}`,
  "reboot requested": said("will reboot"),
  "handed over": ({ isOffline, message }) =>
    isOffline === true ? `keeps message ${word(message)} until it has a link` : undefined,
  "not taken": said("its MQTT client would not take a message"),
  "message lost": ({ message, why }) => `gives up message ${word(message)}: ${word(why)}`,
  unheard: said("does not listen yet"),
  "offer dropped": ({ offer, why }) => `drops offer ${word(offer)}: ${word(why)}`,
  "offer waits": ({ reason }, { zone }) => `may not start yet: ${word(reason)}, of ${zone}`,
  "offer ended": ({ reason }) => `is done with the offer: ${word(reason)}`,
  "attempt begun": ({ attempt }) => `begins attempt ${word(attempt)}`,
  "attempt ended": ({ reason, gotBytes }) => `attempt ends: ${word(reason)}, ${bytesText(Number(gotBytes))} arrived`,
  "verification failed": ({ reason }) => `the slot does not verify: ${word(reason)}`,
  "attempts spent": ({ asksAgain }) => `has no attempt left${asksAgain === true ? ", and will ask again" : ""}`,
  "slot written": ({ image }) => `has written ${word(image)} to its other slot`,
  "rolled back": said("has rolled back"),
  "fault drawn": ({ image }) => `runs ${word(image)} with a fault in it`,
  "fault fired": said("a fault strikes it"),
  "network up": unsaid,
  "network down": unsaid,
  dialled: unsaid,
  "link established": unsaid,
  "nvs set": unsaid,
  "nvs erased": unsaid,
  // The other timers belong to what was told beside them.
  "timer armed": ({ timer, ms }) => (timer === "fetch" ? `will ask in ${durationText(Number(ms) * 1_000)}` : undefined),
  "timer stopped": unsaid,
  subscribed: unsaid,
  "offer taken": unsaid,
};

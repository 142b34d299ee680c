/** What a node was told, in words. */
import { unreachable } from "../../base/assert.ts";
import type { TracedInput, TraceStep } from "../../node/trace-step.ts";
import { bytesText } from "../count-text.ts";
import { type NodeStory, word } from "./node-story.ts";
import { offerTimes } from "./wait-words.ts";

/** `story`: as it stood before the step. */
export function inputWords({ input }: TraceStep, story: NodeStory): string {
  const { kind } = input;
  switch (kind) {
    case "deadline reached":
      return wakeWords(story);
    case "released":
      return "the ramp lets it connect";
    case "booted":
      return "it boots";
    case "started":
      return "its start is over: config and params are out";
    case "power lost":
      return `power goes${input["backAtUs"] === null ? "" : ", for a while"}`;
    case "clock set":
      return "its clock is set";
    case "zone changed":
      return "its time zone changes";
    case "app called":
      return `the application calls: ${word(input["call"])}`;
    case "connected":
      return "the connection stands";
    case "connection refused":
      return "the dial is refused";
    case "connection lost":
      return "the backend closes the connection";
    case "acknowledged":
      return `message ${word(input["message"])} is acknowledged`;
    case "publishes refused":
      return `the MQTT client will not take the next ${word(input["count"])} messages`;
    case "offered":
      return offerWords(input, story);
    case "nothing offered":
      return `message ${word(input["message"])} is answered: nothing is there`;
    case "message failed":
      return `message ${word(input["message"])} failed`;
    case "transfer begun":
      return "the server begins to send";
    case "range refused":
      return "the server gives no part of the image, only the whole";
    case "image head read":
      return `the image's head is there: ${word(input["project"])} ${word(input["version"])}${input["suitsChip"] === false ? ", for another chip" : ""}`;
    case "bytes reached":
      return `${bytesText(Number(input["gotBytes"]))} are in the flash`;
    case "transfer ended":
      return endWords(input);
    case "transfer failed":
      return `the transfer fails in its ${word(input["step"])} at ${bytesText(Number(input["gotBytes"]))}: ${word(input["err"])}, errno ${word(input["errno"])}`;
    case "image verified":
      return `the image was verified${input["err"] === "" ? "" : `: ${word(input["err"])}`}`;
    default:
      return unreachable(kind);
  }
}

/** A deadline of its own was due: whose, the step before has named. */
function wakeWords(story: NodeStory): string {
  switch (story.wokenFor) {
    case "network":
      return story.of("link.isUp") === true ? "its network goes away" : "its network is back";
    case "boot":
      return "it boots";
    case "reboot":
      return "it reboots";
    case "rollback":
      return "the new image has not reached the backend in time";
    case "verification":
      return "the slot has been read back";
    case "fetch acknowledgement":
      return "no answer to its question came in time";
    case "fetch":
      return `${story.wait === undefined ? "a delayed question is due" : "its wait is over"}${withoutLink(story)}`;
    case "autofetch":
      return `its autofetch is due${withoutLink(story)}`;
    case "outbox":
      return "messages in its outbox are due";
    case "dial":
      return story.of("link.isDialling") === true ? "its dial lapses" : "it is time to dial again";
    default:
      return "it wakes";
  }
}

function withoutLink(story: NodeStory): string {
  return story.of("link.isConnected") === true ? "" : ", and there is no link";
}

function offerWords(input: TracedInput, story: NodeStory): string {
  if (input["flaw"] !== undefined) return `offer ${word(input["offer"])} arrives, flawed: ${word(input["flaw"])}`;
  const times = offerTimes(input).map((each) => `, ${each}`);
  return `offer ${word(input["offer"])} arrives: job ${story.jobName(input["jobId"])}, version ${word(input["version"])}, ${bytesText(Number(input["sizeBytes"]))}${times.join("")}`;
}

function endWords(input: TracedInput): string {
  const how = input["isComplete"] === true ? (input["isIntact"] === true ? "whole" : "whole, and damaged") : "cut";
  return `the transfer ends: ${bytesText(Number(input["gotBytes"]))}, ${how}`;
}

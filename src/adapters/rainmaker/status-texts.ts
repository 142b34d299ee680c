/**
 * What a RainMaker node says, word for word, release by release. Spelling included.
 * Source: the status calls of esp_rainmaker src/ota, and its answers when run.
 */
import { unreachable } from "../../base/assert.ts";
import type { OutboxEntry } from "../../node/report.ts";
import { errnoText } from "./errno-texts.ts";

/** `plain`: before 1.6.0. `counted`: 1.6.0 to 1.6.3 count attempts. `named`: since 1.6.4 they name the protocol too. */
export type TextStyle = "plain" | "counted" | "named";

/** Before 1.6.0 the error's name was formatted into 40 bytes. */
const PLAIN_ERROR_CHARACTERS = 39;

export function statusText(entry: OutboxEntry, style: TextStyle): string {
  switch (entry.reason) {
    case "not JSON":
      return "Aborted. JSON Payload error";
    case "no job id":
      return "Aborted. OTA Updated ID not found in JSON";
    case "no url":
      return "Aborted. URL not found in JSON";
    case "no stream id":
      return "Aborted. Stream ID not found in JSON";
    case "no clock":
      return "No time information available yet.";
    case "before validity":
      return "Not within valid window.";
    case "validity over":
      return "OTA download window lapsed.";
    case "window without end":
      return "Invalid download window specified.";
    case "outside window":
      return "Not within download window.";
    case "project mismatch":
      return "Project Name mismatch";
    case "same version":
      return "Same version received";
    case "lower secure version":
      return "Lower secure version received";
    case "chip mismatch":
      return "Chip revision mismatch";
    case "downloading":
      return "Downloading Firmware Image";
    case "progress":
      return `Downloaded ${entry.percent}% Firmware Image`;
    case "downloaded":
      return "Firmware Image download complete";
    case "verified":
      return "OTA Upgrade finished and verified successfully";
    case "rolled back":
      return "Firmware rolled back";
    case "no connection in time":
      return `MQTT did not connect within ${entry.waitSeconds} seconds`;
    case "self-test failed":
      return "Firmware verification failed";
    case "attempt begins":
      return beginText(entry, style);
    case "rebooting":
      return `Rebooting into new firmware${afterText(entry, style)}`;
    case "finished":
      return `${style === "named" ? "HTTPS " : ""}OTA Upgrade finished successfully${countText(entry, style)}`;
    case "begin failed":
    case "head failed":
    case "transfer failed":
    case "incomplete":
    case "validation failed":
    case "finish failed":
      return style === "plain" ? plainFailure(entry) : `${failedText(entry, style)}${failure(entry)}`;
    default:
      return unreachable(entry.reason);
  }
}

function beginText({ attempt, attemptsMax }: OutboxEntry, style: TextStyle): string {
  if (style === "plain") return "Starting OTA Upgrade";
  return `Starting OTA Upgrade (${style === "named" ? "HTTPS " : ""}attempt ${attempt}/${attemptsMax})`;
}

function afterText({ attempt }: OutboxEntry, style: TextStyle): string {
  if (style === "plain") return "";
  return ` (after ${attempt} ${style === "named" ? "HTTPS " : ""}attempt${attempt === 1 ? "" : "s"})`;
}

function countText({ attempt }: OutboxEntry, style: TextStyle): string {
  return style === "plain" ? "" : ` (after ${attempt} attempt${attempt === 1 ? "" : "s"})`;
}

function failedText({ attempt, attemptsMax }: OutboxEntry, style: TextStyle): string {
  return `${style === "named" ? "OTA " : ""}Attempt ${attempt}/${attemptsMax} failed: `;
}

function failure(entry: OutboxEntry): string {
  const cause = `${entry.err} (errno=${entry.errno}: ${errnoText(entry.errno)})`;
  switch (entry.reason) {
    case "begin failed":
      return `OTA Begin failed: ${cause}`;
    case "head failed":
      return `Failed to read image description: ${cause}`;
    case "transfer failed":
      return `OTA failed: ${cause}`;
    case "finish failed":
      return `OTA finish failed: ${cause}`;
    case "incomplete":
      return "Complete data was not received";
    default:
      return "Image validation failed";
  }
}

function plainFailure(entry: OutboxEntry): string {
  switch (entry.reason) {
    case "begin failed":
      return "ESP HTTPS OTA Begin failed";
    case "head failed":
      return "Failed to read image decription";
    case "transfer failed":
      return `OTA failed: Error ${entry.err}`.slice(0, PLAIN_ERROR_CHARACTERS);
    default:
      return "Image validation failed";
  }
}

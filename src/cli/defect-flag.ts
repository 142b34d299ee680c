/** `--defect boot-loop:rev-b:30%:after=14d`: a fault, and in any order the hardware, the share and the time it waits. */
import { nearestWord } from "../base/nearest-word.ts";
import { UserError } from "../base/user-error.ts";
import { IMAGE_BORNE_FAULTS, isImageBorne } from "../faults/image-borne.ts";
import { HARDWARE_PATTERN } from "../image/image-defects.ts";
import type { PlannedDefect } from "../scenario/scenario.ts";
import { DURATION, SHARE } from "../scenario/units.ts";

const FORM = 'write FAULT[:HARDWARE][:SHARE], for example "boot-loop:rev-b:30%"';
const AFTER = "after=";

/** Reads one value of the flag; throws a `UserError` where it is none. */
export function defectOf(text: string): PlannedDefect {
  const [fault = "", ...parts] = text.split(":");
  if (!isImageBorne(fault)) {
    const nearest = nearestWord(fault, IMAGE_BORNE_FAULTS);
    const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
    throw refused(text, `${meant}an image carries one of ${IMAGE_BORNE_FAULTS.join(", ")}; ${FORM}`);
  }
  const after = theOnly(text, parts, (part) => part.startsWith(AFTER));
  const share = theOnly(text, parts, (part) => part.endsWith("%"));
  const hardware = theOnly(text, parts, (part) => !part.startsWith(AFTER) && !part.endsWith("%"));
  if (hardware !== undefined && !HARDWARE_PATTERN.test(hardware))
    throw refused(text, `a hardware revision has letters, digits, dots, - and _, at most 31; ${FORM}`);
  return {
    fault,
    ...(hardware === undefined ? {} : { hardware }),
    share: share === undefined ? 1 : shareOf(text, share),
    afterUs: after === undefined ? 0 : afterUsOf(text, fault, after.slice(AFTER.length)),
  };
}

function theOnly(text: string, parts: readonly string[], isMeant: (part: string) => boolean): string | undefined {
  const [only, ...more] = parts.filter(isMeant);
  if (more.length > 0) throw refused(text, `${more[0]} is one too many; ${FORM}`);
  return only;
}

function shareOf(text: string, part: string): number {
  const share = SHARE.parse(part);
  if (share === undefined) throw refused(text, `${part} must be ${SHARE.expected}; ${FORM}`);
  return share;
}

function afterUsOf(text: string, fault: string, part: string): number {
  const us = DURATION.parse(part);
  if (us === undefined || us === 0) throw refused(text, `after must be ${DURATION.expected}, and above zero`);
  if (fault !== "boot-loop") throw refused(text, "leave after out: only a boot-loop can wait");
  return us;
}

function refused(text: string, expected: string): UserError {
  return new UserError({ field: "--defect", seen: `is "${text}"`, expected });
}

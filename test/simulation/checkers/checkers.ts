/** All invariants. A new one is a file beside these and a line here. */
import type { Checker } from "./checker.ts";
import { everyRunEnds } from "./every-run-ends.ts";
import { everyoneIsListed } from "./everyone-is-listed.ts";
import { finalBeliefsStay } from "./final-beliefs-stay.ts";
import { lawsHold } from "./laws-hold.ts";
import { noBadImage } from "./no-bad-image.ts";
import { noDowngrade } from "./no-downgrade.ts";
import { noEarlyStart } from "./no-early-start.ts";
import { noFalseSuccess } from "./no-false-success.ts";
import { noLostStatus } from "./no-lost-status.ts";
import { noSecondInstall } from "./no-second-install.ts";
import { ownJobsOnly } from "./own-jobs-only.ts";

export const CHECKERS: readonly Checker[] = [
  noFalseSuccess,
  noEarlyStart,
  noSecondInstall,
  noLostStatus,
  noDowngrade,
  noBadImage,
  everyoneIsListed,
  everyRunEnds,
  ownJobsOnly,
  finalBeliefsStay,
  lawsHold,
];

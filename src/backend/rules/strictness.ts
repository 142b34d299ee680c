/**
 * Where ESP RainMaker's cloud and its documents differ, a backend keeps one or the other. Sources: "cloud" is the
 * published API of the running service (Swagger of cloud 3.8.0: createotajob, OtaJobSummaryResponse); "documents" are
 * the OTA page and the dashboard's questions and answers, which know the statuses in-progress, success and fail only,
 * and the explanatory text of the field `timeout`.
 *
 *     | question                          | rainmaker (the cloud)              | documents                               |
 *     | --------------------------------- | ---------------------------------- | --------------------------------------- |
 *     | when is a job finished?           | every target success or rejected   | every target success or failed          |
 *     | is a failed target served again?  | yes, at each fetch                 | no: failed is an end like success       |
 *     | does a timeout push by itself?    | only with force push               | yes, as if force push had been asked    |
 *
 * A target that rejected is at its end for both: the documents do not know the word, and a node that refuses an image
 * refuses it again. Where both are silent the rules do one thing: jobs of one priority go by age, a force push reaches
 * who is online, `fail` is taken for `failed`. The cloud's words leave open whether a force push also marks those that are
 * offline as started; here it does not, for nothing was sent to them.
 */
import { FAILED, REJECTED, SUCCESS } from "./belief.ts";

export type Strictness = "rainmaker" | "documents";

/** By code, whether a target in this state is done: nothing that comes later changes it, and it is never served again. */
export function finalCodes(strict: Strictness): readonly boolean[] {
  const isFinal: boolean[] = Array.from({ length: 8 }, () => false);
  isFinal[SUCCESS] = true;
  isFinal[REJECTED] = true;
  isFinal[FAILED] = strict === "documents";
  return isFinal;
}

/** Whether a job with a timeout is pushed at its creation though nobody asked for it. */
export function isTimeoutPushed(strict: Strictness): boolean {
  return strict === "documents";
}

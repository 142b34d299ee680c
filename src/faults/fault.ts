import type { FaultTouch } from "../node/fault-touch.ts";
import type { FaultName } from "./fault-names.ts";

/** A fault that a scenario can give to a share of a cohort. What it may touch in a node is declared in node/. */
export interface Fault {
  readonly name: FaultName;
  /** One sentence for people: what happens to a node that has it. */
  readonly about: string;
  readonly touch: FaultTouch;
}

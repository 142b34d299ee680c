/** All faults, at the places of their names. A new one is a file beside these, a name in fault-names and a line here. */
import { bootLoop } from "./boot-loop.ts";
import { brick } from "./brick.ts";
import { corruptBlock } from "./corrupt-block.ts";
import type { Fault } from "./fault.ts";
import { FAULT_NAMES } from "./fault-names.ts";
import { lostStatus } from "./lost-status.ts";
import { noNetworkAfterUpdate } from "./no-network-after-update.ts";
import { powerLossInWrite } from "./power-loss-in-write.ts";
import { selfTestFails } from "./self-test-fails.ts";
import { slowFlash } from "./slow-flash.ts";
import { wrongImage } from "./wrong-image.ts";

const ALL: readonly Fault[] = [
  bootLoop,
  brick,
  corruptBlock,
  lostStatus,
  noNetworkAfterUpdate,
  powerLossInWrite,
  selfTestFails,
  slowFlash,
  wrongImage,
];

/** In the order of the bits of a node's fault mask. */
export const FAULTS: readonly Fault[] = FAULT_NAMES.map((name) => ALL.find((fault) => fault.name === name) as Fault);

import type { Fault } from "./fault.ts";

/** RainMaker's diagnostics after MQTT answer FAIL. */
export const selfTestFails: Fault = {
  name: "self-test-fails",
  about: "The new image connects, but its own test condemns it: it marks itself invalid and goes back.",
  touch: { point: "first boot", effect: "self-test fails" },
};

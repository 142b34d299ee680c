import type { Adapter } from "../adapter.ts";
import { DEFAULT_GENERATION, GENERATIONS } from "./generations.ts";
import { RainmakerNodeHalf } from "./node-half.ts";
import { RainmakerOperator } from "./operator.ts";

/** ESP RainMaker, "OTA using topics" over HTTPS. */
export const rainmaker: Adapter = {
  kind: "rainmaker",
  link: "mqtt",
  can: {
    forcePush: true,
    window: true,
    validity: true,
    userApproval: true,
    cancel: true,
    priority: true,
    beliefs: true,
    groups: true,
    dynamicTargets: true,
    timeout: true,
  },
  generations: GENERATIONS,
  defaultGeneration: DEFAULT_GENERATION,
  node: ({ generation, settings }) =>
    new RainmakerNodeHalf({
      generation,
      isBasicIngest: settings["basicIngest"] !== false,
      hasWill: settings["connectivity"] === true,
    }),
  operator: (options, http) => new RainmakerOperator(options, http),
};

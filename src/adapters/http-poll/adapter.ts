import type { Adapter } from "../adapter.ts";
import { DEFAULT_GENERATION, GENERATIONS } from "./generations.ts";
import { HttpPollNodeHalf } from "./node-half.ts";
import { HttpPollOperator } from "./operator.ts";

/** Plain HTTP: a node polls a manifest and posts what became of it. */
export const httpPoll: Adapter = {
  kind: "http-poll",
  link: "none",
  can: {
    forcePush: false,
    window: true,
    validity: true,
    userApproval: false,
    cancel: true,
    priority: false,
    beliefs: true,
    groups: false,
    dynamicTargets: false,
    timeout: false,
  },
  generations: GENERATIONS,
  defaultGeneration: DEFAULT_GENERATION,
  node: ({ baseUrl }) => new HttpPollNodeHalf(baseUrl),
  operator: (options, http) => new HttpPollOperator(options, http),
};

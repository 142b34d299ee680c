import type { Generation } from "../../src/node/generation.ts";
import { UserError } from "../../src/base/user-error.ts";
import type { AdapterFacts } from "../../src/scenario/draft.ts";
import type { Overrides } from "../../src/scenario/overrides.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { type ResolvedScenario, resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { ImageFacts, Scenario } from "../../src/scenario/scenario.ts";

const everything = {
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
};

/** Only the names matter here. */
const generation = {} as Generation;

export const ADAPTERS: readonly AdapterFacts[] = [
  {
    kind: "rainmaker",
    link: "mqtt",
    can: everything,
    generations: { "rainmaker-1.16": generation, "rainmaker-1.5.7": generation },
    defaultGeneration: "rainmaker-1.16",
  },
  {
    kind: "http-poll",
    link: "none",
    can: {
      ...everything,
      forcePush: false,
      window: false,
      priority: false,
      userApproval: false,
      dynamicTargets: false,
      timeout: false,
    },
    generations: { "http-poll-1": generation },
    defaultGeneration: "http-poll-1",
  },
];

/** A small scenario that is right, with other text in the places given. */
export function scenarioText(
  changes: {
    readonly clock?: string;
    readonly cohort?: string;
    readonly job?: string;
    readonly end?: string;
    readonly more?: string;
  } = {},
): string {
  return [
    "name: small",
    `clock: ${changes.clock ?? "{ start: 2026-03-10T12:00:00Z }"}`,
    "fleet:",
    `  cohorts: [{ ${changes.cohort ?? "name: homes, zones: Europe/Berlin, autofetch: { every: 6h }"} }]`,
    `jobs: [{ ${changes.job ?? "name: spring"} }]`,
    `end: ${changes.end ?? "{ after: 72h }"}`,
    ...(changes.more === undefined ? [] : [changes.more]),
    "",
  ].join("\n");
}

export function resolved(text: string, overrides: Overrides = {}, facts?: ImageFacts): ResolvedScenario {
  return resolveScenario(readScenario(text, "s.yaml", { adapters: ADAPTERS, overrides }), facts);
}

export function scenarioOf(text: string, overrides: Overrides = {}): Scenario {
  return resolved(text, overrides).scenario;
}

/** The mistakes as `line:column field seen | expected`; the file or flag comes first where it is not the file. */
export function mistakesIn(text: string, overrides: Overrides = {}): string[] {
  try {
    resolved(text, overrides);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.mistakes.map(({ file, line, column, field, seen, expected }) => {
      const place = line === undefined ? (file ?? "") : `${line}:${column ?? ""}`;
      return `${[place, field, seen].filter((part) => part !== undefined && part !== "").join(" ")} | ${expected}`;
    });
  }
}

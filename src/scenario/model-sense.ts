/** When a block `model:` makes no sense, and how it is shown in the words of a scenario. */
import { nearestWord } from "../base/nearest-word.ts";
import type { Distribution } from "../fleet/distribution.ts";
import type { GivenModel } from "./model-schema.ts";
import { MODEL_VALUES, type OutageSide, type ServerModel, type ServerPoolPlan } from "./server-model.ts";
import { BANDWIDTH, DURATION, PER_SECOND } from "./units.ts";

/** A key of the block that is at fault, and what would be right. */
export interface ModelMistake {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
}

/** What a model must agree with. */
export interface ModelWorld {
  readonly link: "mqtt" | "none";
  readonly adapter: string;
  readonly endUs: number;
  /** When `backend.faults` takes the backend away. */
  readonly faultOutages: readonly { readonly name: string; readonly atUs: number; readonly untilUs: number }[];
}

/** Why a block makes no sense. */
export function modelMistakes(given: GivenModel | undefined, world: ModelWorld): readonly ModelMistake[] {
  if (given === undefined) return [];
  const { broker, cdn } = given;
  const mistakes: ModelMistake[] = [];
  const refuse = (path: ModelMistake["path"], expected: string): void => void mistakes.push({ path, expected });
  if (broker !== undefined && world.link === "none")
    refuse(["broker"], `the adapter ${world.adapter} has no MQTT links: leave it out`);
  for (const key of ["connectBurst", "backlog"] as const)
    if (broker?.[key] !== undefined && broker.connects === undefined)
      refuse(["broker", key], 'is of a rate of connects: write broker.connects too, such as "3000/s"');
  if (cdn?.retryAfter !== undefined && cdn.connections === undefined)
    refuse(["cdn", "retryAfter"], "is of a limit of connections: write cdn.connections too, such as 20000");
  outageMistakes(given.outages ?? [], world, refuse);
  calibrationMistakes(given, refuse);
  return mistakes;
}

type Refuse = (path: ModelMistake["path"], expected: string) => void;

function outageMistakes(outages: NonNullable<GivenModel["outages"]>, world: ModelWorld, refuse: Refuse): void {
  outages.forEach(({ at, for: lasts, of = "all" }, index) => {
    if (at >= world.endUs)
      refuse(["outages", index, "at"], `must be earlier than the end of the run, ${DURATION.print(world.endUs)}`);
    if (of === "broker" && world.link === "none")
      refuse(["outages", index, "of"], `the adapter ${world.adapter} has no broker: write all or cdn`);
    const other = outages.find(
      (before, place) =>
        place !== index &&
        isTogether(before.of ?? "all", of) &&
        before.at <= at &&
        at < before.at + before.for &&
        (before.at < at || place < index),
    );
    if (other !== undefined)
      refuse(
        ["outages", index, "at"],
        `must not lie within another outage of the same, which lasts until ${DURATION.print(other.at + other.for)}`,
      );
    const fault = world.faultOutages.find(({ atUs, untilUs }) => atUs < at + lasts && at < untilUs);
    if (fault !== undefined)
      refuse(
        ["outages", index, "at"],
        `must not overlap backend.faults.${fault.name}: one thing takes it away at a time`,
      );
  });
}

function isTogether(one: OutageSide, other: OutageSide): boolean {
  return one === other || one === "all" || other === "all";
}

function calibrationMistakes(given: GivenModel, refuse: Refuse): void {
  for (const name of Object.keys(given.calibrated?.values ?? {})) {
    const [part = "", key = ""] = name.split(".");
    const block = given[part as "fetch"];
    if (!(MODEL_VALUES as readonly string[]).includes(name)) {
      const nearest = nearestWord(name, MODEL_VALUES);
      const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
      refuse(["calibrated", "values", name], `${meant}must be a value of the model: ${MODEL_VALUES.join(", ")}`);
    } else if (block?.[key as "service"] === undefined)
      refuse(["calibrated", "values", name], `the model has no ${name}: leave it out`);
  }
}

/** The block in the words of a scenario; undefined where there is none. */
export function printedModel(
  model: ServerModel | undefined,
  printDistribution: (distribution: Distribution) => unknown,
): PrintedModel | undefined {
  if (model === undefined) return undefined;
  const { broker, cdn, outages, calibrated } = model;
  const pool = (plan: ServerPoolPlan | undefined) =>
    plan && { servers: plan.servers, service: printDistribution(plan.serviceUs), queue: plan.queueMax };
  const limits = broker?.connectsPerSecond === undefined ? undefined : broker;
  return {
    fetch: pool(model.fetch),
    broker: broker && {
      connects: broker.connectsPerSecond && PER_SECOND.print(broker.connectsPerSecond),
      connectBurst: limits?.connectBurst,
      backlog: limits?.backlogMax,
      fanOut: broker.fanOutPerSecond && PER_SECOND.print(broker.fanOutPerSecond),
    },
    cdn: cdn && {
      egress: cdn.egressBytesPerSecond && BANDWIDTH.print(cdn.egressBytesPerSecond),
      perConnection: cdn.perConnectionBytesPerSecond && BANDWIDTH.print(cdn.perConnectionBytesPerSecond),
      connections: cdn.connectionsMax,
      firstByte: cdn.firstByteUs && printDistribution(cdn.firstByteUs),
      retryAfter: cdn.retryAfterUs && DURATION.print(cdn.retryAfterUs),
    },
    statuses: pool(model.statuses),
    outages:
      outages.length === 0
        ? undefined
        : outages.map(({ of, atUs, forUs }) => ({ at: DURATION.print(atUs), for: DURATION.print(forUs), of })),
    calibrated,
  };
}

/** As `model:` stands in a scenario. */
export interface PrintedModel {
  readonly fetch: PrintedPart;
  readonly broker: PrintedPart;
  readonly cdn: PrintedPart;
  readonly statuses: PrintedPart;
  readonly outages: unknown;
  readonly calibrated: unknown;
}

type PrintedPart = Readonly<Record<string, unknown>> | undefined;

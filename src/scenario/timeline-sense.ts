/** What is wrong with a timeline whose every value is right. */
import { backendFaultMistakes } from "./backend-faults.ts";
import type { Condition } from "./condition.ts";
import type { AdapterFacts, DraftCohort } from "./draft.ts";
import type { Refuse } from "./refuse.ts";
import type { GivenScenario } from "./schema.ts";
import { type GivenAct, type GivenRule, JOB_ACTS } from "./timeline-schema.ts";
import { DURATION } from "./units.ts";

type Path = readonly PropertyKey[];

/** What a timeline is checked against. */
interface World {
  readonly given: GivenScenario;
  readonly cohorts: readonly DraftCohort[];
  readonly adapter: AdapterFacts;
  readonly refuse: Refuse;
}

/** Notes what makes no sense in the timeline, and jobs that nothing starts. */
export function timelineMistakes(world: World): void {
  const { given, refuse } = world;
  const rules = given.timeline ?? [];
  given.jobs.forEach(({ name, starts }, index) => {
    const isStarted = rules.some(({ do: { acts } }) => acts.some(({ start }) => start === name));
    if (starts === "by timeline" && !isStarted)
      refuse(
        ["jobs", index, "starts"],
        "no entry of the timeline starts this job: write { at: 2h, do: { start: ... } }",
      );
  });
  rules.forEach((rule, index) => {
    const at = ["timeline", index];
    if (rule.at !== undefined && rule.after !== undefined)
      refuse([...at, "after"], "goes with when: an entry with at says its time already");
    if (rule.at !== undefined && rule.at >= given.end.after)
      refuse(
        [...at, "at"],
        `must be earlier than the end of the run, ${DURATION.print(given.end.after)} from its begin`,
      );
    if (rule.when !== undefined) conditionMistakes(world, rule.when, [...at, "when"]);
    const { acts, isList } = rule.do;
    acts.forEach((act, place) => actMistakes(world, act, rule, isList ? [...at, "do", place] : [...at, "do"]));
  });
}

function conditionMistakes({ given, adapter, refuse }: World, condition: Condition, at: Path): void {
  const job = given.jobs.find(({ name }) => name === condition.job);
  if (job === undefined) refuse(at, `jobs are ${given.jobs.map(({ name }) => name).join(", ")}`);
  else if (condition.kind === "stopped" && job.rollout?.stop === undefined)
    refuse(at, `the job ${job.name} has no rollout with a stop rule, so nothing stops it`);
  if (condition.kind === "count" && condition.of !== "released" && !adapter.can.beliefs)
    refuse(at, `the adapter ${adapter.kind} tells no statuses: write at`);
}

function actMistakes(world: World, act: GivenAct, rule: GivenRule, at: Path): void {
  const { given, adapter, refuse } = world;
  for (const kind of JOB_ACTS) {
    const name = act[kind];
    if (name === undefined) continue;
    const job = given.jobs.find((other) => other.name === name);
    if (job === undefined) refuse([...at, kind], `jobs are ${given.jobs.map((each) => each.name).join(", ")}`);
    else if (kind === "start" && job.starts !== "by timeline")
      refuse([...at, kind], `the job ${name} starts by itself: write "starts: by timeline" in it`);
    else if ((kind === "pause" || kind === "resume") && job.rollout === undefined)
      refuse([...at, kind], `the job ${name} has no rollout: there is nothing to ${kind}`);
    else if (kind === "cancel" && !adapter.can.cancel)
      refuse([...at, kind], `the adapter ${adapter.kind} cannot do this: leave it out`);
  }
  const harm = (["restart", "stop", "powerCut"] as const).find((kind) => act[kind] !== undefined);
  if (harm === undefined) return;
  if (rule.when !== undefined)
    refuse(
      [...at, harm],
      "goes with at: an outage or a power cut is no operator's answer, and is known before the run",
    );
  if (act.powerCut !== undefined) powerCutMistakes(world, act.powerCut, [...at, "powerCut"]);
  else outageMistakes(world, act, rule.at ?? 0, at);
}

function powerCutMistakes({ cohorts, refuse }: World, cut: NonNullable<GivenAct["powerCut"]>, at: Path): void {
  const known = cohorts.map(({ name }) => name);
  const zones = [...new Set(cohorts.flatMap(({ traits }) => traits.zones.map(({ value }) => value)))];
  cut.cohorts?.forEach((name, place) => {
    if (!known.includes(name)) refuse([...at, "cohorts", place], `cohorts are ${known.join(", ")}`);
  });
  cut.zones?.forEach((zone, place) => {
    if (!zones.includes(zone)) refuse([...at, "zones", place], `zones are ${zones.slice(0, 12).join(", ")}`);
  });
}

function outageMistakes({ given, adapter, refuse }: World, act: GivenAct, atUs: number, at: Path): void {
  const block =
    act.restart !== undefined
      ? { restart: { at: atUs, after: act.restart } }
      : { stop: { at: atUs, for: act.stop ?? 1_000_000 } };
  const mistakes = backendFaultMistakes(block, {
    link: adapter.link,
    adapter: adapter.kind,
    isEmbedded: (given.backend?.url ?? []).length === 0,
    hasOwnBroker: given.backend?.broker === undefined,
    endUs: Infinity,
  });
  for (const { expected } of mistakes) refuse([...at, act.restart === undefined ? "stop" : "restart"], expected);
}

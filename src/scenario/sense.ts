/** Whether a scenario whose every value is right makes sense as a whole, as far as its text alone tells. */
import { nearestWord } from "../base/nearest-word.ts";
import type { Mistake } from "../base/user-error.ts";
import { zoneKeptInstead } from "../fleet/node-zone.ts";
import { zoneTrap } from "../fleet/zones.ts";
import { backendFaultMistakes, backendFaultsOf } from "./backend-faults.ts";
import { IMAGE_DEFAULTS } from "./defaults.ts";
import { fleetFileWarnings } from "./fleet-file-warnings.ts";
import { groupMistakes, jobMistakes } from "./job-sense.ts";
import type { Refuse } from "./refuse.ts";
import { modelMistakes } from "./model-sense.ts";
import { quoted, type Places } from "./mistakes.ts";
import type { AdapterFacts, DraftCohort } from "./draft.ts";
import type { GivenScenario } from "./schema.ts";
import { timelineMistakes } from "./timeline-sense.ts";
import { DURATION } from "./units.ts";

type Path = readonly PropertyKey[];

/** Kinds of backend that come with otafleet as a process of its own. */
const EMBEDDED = ["rainmaker", "http-poll"];

export function textMistakes(
  given: GivenScenario,
  cohorts: readonly DraftCohort[],
  adapter: AdapterFacts,
  places: Places,
): Mistake[] {
  const mistakes: Mistake[] = [];
  const refuse = (path: Path, expected: string, seen = places.seen(path)): void => {
    mistakes.push({ ...places.of(path), seen, expected });
  };
  cohortMistakes(given, cohorts, adapter, refuse);
  groupMistakes(given, cohorts, refuse);
  jobMistakes(given, cohorts, adapter, refuse);
  timelineMistakes({ given, cohorts, adapter, refuse });
  const urls = given.backend?.url ?? [];
  if (urls.length === 0 && !EMBEDDED.includes(adapter.kind))
    refuse(["backend", "url"], `must say where the backend is: none of the kind ${adapter.kind} comes with otafleet`);
  brokerMistakes(given.backend ?? {}, adapter, refuse);
  const speed = given.clock.speed ?? 1;
  if (urls.length > 0 && speed !== 1 && given.backend?.allowSpeed !== true)
    refuse(
      ["clock", "speed"],
      "must be 1 with a backend at an url, which lives in real time: --set clock.speed=1 --set clock.start=now; or say backend.allowSpeed: true",
    );
  if (urls.length > 0 && given.selftest?.["backend-believes-first-status"] === true)
    refuse(["selftest", "backend-believes-first-status"], "harms the embedded backend only: leave backend.url out");
  const world = {
    link: adapter.link,
    adapter: adapter.kind,
    isEmbedded: urls.length === 0,
    hasOwnBroker: given.backend?.broker === undefined,
    endUs: given.end.after,
  };
  for (const { path, expected } of backendFaultMistakes(given.backend?.faults, world))
    refuse(["backend", "faults", ...path], expected);
  const faultOutages = backendFaultsOf(given.backend?.faults).flatMap((plan) =>
    plan.kind === "outage" ? [{ name: plan.name, atUs: plan.atUs, untilUs: plan.atUs + plan.forMs * 1_000 }] : [],
  );
  const server = { link: adapter.link, adapter: adapter.kind, endUs: given.end.after, faultOutages };
  for (const { path, expected } of modelMistakes(given.model, server)) refuse(["model", ...path], expected);
  if (urls.length > 0 && given.backend?.strict !== undefined)
    refuse(["backend", "strict"], "is of the embedded backend only: leave it or backend.url out");
  return mistakes;
}

function brokerMistakes(
  { broker, url, tls }: NonNullable<GivenScenario["backend"]>,
  adapter: AdapterFacts,
  refuse: Refuse,
): void {
  if (broker === undefined) return;
  if (url !== undefined)
    refuse(["backend", "broker"], "is for the embedded backend: a backend at an url names its broker in backend.url");
  if (adapter.kind === "http-poll")
    refuse(["backend", "broker"], `leave it out: nodes of ${adapter.kind} dial no broker`);
  if (tls === true) refuse(["backend", "tls"], "leave it out: the scheme of backend.broker.url says it, mqtt or mqtts");
  if (broker.ca !== undefined && broker.url.startsWith("mqtt:"))
    refuse(["backend", "broker", "ca"], "leave it out, or write mqtts: a plain link has no certificate");
}

function cohortMistakes(
  given: GivenScenario,
  cohorts: readonly DraftCohort[],
  adapter: AdapterFacts,
  refuse: Refuse,
): void {
  const known = Object.keys(adapter.generations);
  cohorts.forEach(({ traits }, index) => {
    const at = ["fleet", "cohorts", index];
    const own = given.fleet?.cohorts?.[index];
    const shares = Object.values(own?.faults ?? {}).reduce((sum: number, share) => sum + (share ?? 0), 0);
    if (shares > 1 + 1e-9) refuse([...at, "faults"], "shares must sum to at most 100%: no node has two faults");
    // What came by `like` is named once, where it is written.
    if (own?.runs?.generation !== undefined) {
      for (const { value } of traits.runs.generation ?? []) {
        if (known.includes(value)) continue;
        const nearest = nearestWord(value, known);
        const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
        refuse(
          [...at, "runs", "generation"],
          `${meant}the adapter ${adapter.kind} has ${known.join(", ")}`,
          `names ${quoted(value)}`,
        );
      }
    }
    if (typeof own?.autofetch === "object" && typeof traits.autofetch === "object") {
      const { every, phase } = traits.autofetch;
      if (every === undefined)
        refuse([...at, "autofetch", "every"], 'must say the period, such as "6h"; or write autofetch: after-boot');
      else if (typeof phase === "number" && phase >= every)
        refuse([...at, "autofetch", "phase"], `must be less than the period, ${DURATION.print(every)}`);
    }
  });
}

/** What is allowed and most likely not meant. */
export function textWarnings(
  given: GivenScenario,
  cohorts: readonly DraftCohort[],
  adapter: AdapterFacts,
  places: Places,
): Mistake[] {
  return cohorts.flatMap(({ name, nodes, traits, from }, index) => {
    const warnings: Mistake[] = [];
    const own = given.fleet?.cohorts?.[index];
    const at = ["fleet", "cohorts", index];
    if (nodes === 0)
      warnings.push({
        ...places.of(at),
        seen: `cohort ${name} has no node`,
        expected: "more nodes would give it some",
      });
    if (own?.zones !== undefined) {
      for (const { value } of traits.zones) {
        const place = places.of([...at, "zones", value], "key");
        const trap = zoneTrap(value);
        if (trap !== undefined)
          warnings.push({ ...place, seen: trap, expected: "a zone by place, such as America/New_York, is plainer" });
        const kept = zoneKeptInstead(adapter.kind, value);
        if (kept !== undefined)
          warnings.push({
            ...place,
            seen: `the firmware does not know ${value}`,
            expected: `its nodes keep the firmware's default, ${kept}`,
          });
      }
    }
    const world = {
      startSeconds: given.clock.start,
      imageVersion: onlyVersionOf(given),
      isLastSeenAsked: own?.lastSeen !== undefined,
    };
    for (const warning of from === undefined ? [] : fleetFileWarnings(from, adapter.kind, world))
      warnings.push({ ...places.of([...at, "from"]), ...warning });
    return warnings;
  });
}

/** The version that all jobs roll out, where the text says it: a file's is not known yet. */
function onlyVersionOf({ image, jobs }: GivenScenario): string | undefined {
  const isOne = image?.file === undefined && jobs.every((job) => job.image === undefined);
  return isOne ? (image?.make?.version ?? IMAGE_DEFAULTS.version) : undefined;
}

/**
 * A resolved scenario in the words of its file, every default filled in: what `inspect` shows. Reading the text again
 * gives the same scenario.
 */
import { stringify } from "yaml";
import { unreachable } from "../base/assert.ts";
import type { ApprovalHabit } from "../fleet/approval.ts";
import type { Autofetch, Cohort, CohortFile, Offline, Weighted } from "../fleet/cohort.ts";
import { printedBackendFaults } from "./backend-faults.ts";
import { printedDistribution } from "./printed-distribution.ts";
import { printedModel } from "./model-sense.ts";
import { printedPrices } from "./prices.ts";
import type { GroupScenario, ImagePlan, JobScenario, NodeRange, Scenario, Selftest, Targets } from "./scenario.ts";
import { printedRollout } from "./rollout-schema.ts";
import { printedTimeline } from "./timeline-schema.ts";
import { DURATION, INSTANT, RATE, SHARE, SIZE, THROUGHPUT, WINDOW } from "./units.ts";

export function printScenario(scenario: Scenario): string {
  const { clock, backend, fleet, thresholds } = scenario;
  const words = {
    name: scenario.name,
    about: scenario.about === "" ? undefined : scenario.about,
    tags: Object.keys(scenario.tags).length === 0 ? undefined : scenario.tags,
    seed: scenario.seed,
    clock: { start: INSTANT.print(clock.startUtcMs / 1000), speed: clock.speed },
    backend: {
      adapter: backend.adapter,
      url: backend.urls.length === 0 ? undefined : backend.urls,
      broker: backend.broker,
      basicIngest: backend.basicIngest,
      tls: backend.tls,
      urlLife: DURATION.print(backend.urlLifeUs),
      faults: printedBackendFaults(backend.faults, (latencyUs) => printedDistribution(latencyUs, DURATION)),
      strict: backend.urls.length === 0 ? backend.strict : undefined,
      // Whoever printed it has accepted the speed.
      allowSpeed: backend.urls.length > 0 && clock.speed !== 1 ? true : undefined,
    },
    model: printedModel(scenario.model, (us) => printedDistribution(us, DURATION)),
    image: imageOf(scenario.image),
    nodes: fleet.nodes,
    fleet: {
      begins: fleet.begins,
      connect: { over: DURATION.print(fleet.connectOverMs * 1000) },
      cohorts: fleet.cohorts.map((cohort) => cohortOf(cohort, scenario)),
      groups: scenario.groups.length === 0 ? undefined : scenario.groups.map((group) => groupOf(group, scenario)),
    },
    jobs: scenario.jobs.map(jobOf),
    timeline: scenario.timeline && printedTimeline(scenario.timeline),
    end: { when: scenario.end.when, after: DURATION.print(scenario.end.afterUs) },
    thresholds:
      thresholds.length === 0
        ? undefined
        : Object.fromEntries(thresholds.map(({ metric, expressions }) => [metric, expressions])),
    prices: scenario.prices === undefined ? undefined : printedPrices(scenario.prices),
    selftest: scenario.selftest === undefined ? undefined : selftestOf(scenario.selftest),
  };
  // No anchors: equal traits of two cohorts are shown twice.
  return stringify(words, { aliasDuplicateObjects: false, lineWidth: 0, keepUndefined: false });
}

function imageOf(image: ImagePlan): unknown {
  if (image.from === "file") return { file: image.path };
  const { chip, project, version, sizeBytes, secureVersion } = image;
  const defects = image.defects?.map(({ fault, hardware, share, afterUs }) => ({
    fault,
    hardware,
    share: SHARE.print(share),
    after: afterUs === 0 ? undefined : DURATION.print(afterUs),
  }));
  return { make: { chip, project, version, size: SIZE.print(sizeBytes), secureVersion, defects } };
}

function cohortOf(cohort: Cohort, { clock }: Scenario): unknown {
  const { runs } = cohort;
  return {
    name: cohort.name,
    ...(cohort.from === undefined ? { nodes: cohort.nodes } : fromOf(cohort.from, clock.startUtcMs / 1_000)),
    runs: {
      project: runs.project,
      version: runs.version,
      chip: runs.chip,
      secureVersion: runs.secureVersion,
      hardware: runs.hardware && weightsOf(runs.hardware),
      // Of rows that are of several projects each has its own.
      type: cohort.from?.runs.every(({ type, project }) => type === project) === true ? undefined : runs.type,
      model: cohort.from?.runs.every(({ model, project }) => model === project) === true ? undefined : runs.model,
      checks: runs.checks,
      generation: weightsOf(runs.generations),
    },
    zones: weightsOf(cohort.zones),
    link: {
      throughput: printedDistribution(cohort.throughputBytesPerSecond, THROUGHPUT),
      latency: printedDistribution(cohort.latencyUs, DURATION),
      loss: cohort.lossShare === undefined ? undefined : SHARE.print(cohort.lossShare),
    },
    flash: { write: printedDistribution(cohort.flashBytesPerSecond, THROUGHPUT) },
    offline: offlineOf(cohort.offline),
    powerCuts: cohort.powerCuts.map(({ atUs, forUs }) => ({ at: DURATION.print(atUs), for: DURATION.print(forUs) })),
    autofetch: autofetchOf(cohort.autofetch),
    boot: printedDistribution(cohort.bootUs, DURATION),
    faults: Object.fromEntries(cohort.faults.map(({ fault, share }) => [fault, SHARE.print(share)])),
  };
}

function fromOf({ file, columns, links, goneBeforeSeconds }: CohortFile, startSeconds: number): object {
  const printed = links.map(({ name, throughputBytesPerSecond, latencyUs }) => [
    name,
    {
      throughput: throughputBytesPerSecond && printedDistribution(throughputBytesPerSecond, THROUGHPUT),
      latency: latencyUs && printedDistribution(latencyUs, DURATION),
    },
  ]);
  const goneUs = goneBeforeSeconds === undefined ? undefined : Math.round((startSeconds - goneBeforeSeconds) * 1e6);
  return {
    from: columns === undefined ? file : { file, columns },
    links: links.length === 0 ? undefined : Object.fromEntries(printed),
    lastSeen: goneUs === undefined ? undefined : { gone: DURATION.print(goneUs) },
  };
}

function weightsOf(weights: readonly Weighted[]): unknown {
  const [only] = weights;
  if (weights.length === 1 && only?.weight === 1) return only.value;
  return Object.fromEntries(weights.map(({ value, weight }) => [value, weight]));
}

function offlineOf(offline: Offline): unknown {
  return offline.kind === "none"
    ? "none"
    : { spells: RATE.print(offline.perDay), last: printedDistribution(offline.lastUs, DURATION) };
}

function autofetchOf(autofetch: Autofetch): unknown {
  if (autofetch.kind === "never") return "never";
  if (autofetch.kind === "after boot") return "after-boot";
  const { everyUs, phase, jitterUs } = autofetch;
  return {
    every: DURATION.print(everyUs),
    phase: typeof phase !== "number" ? phase : DURATION.print(Math.round((1 - phase) * everyUs)),
    jitter: DURATION.print(jitterUs),
  };
}

function jobOf(job: JobScenario): unknown {
  const { window, validity } = job;
  const hasWindow = window?.startMinute !== undefined && window.endMinute !== undefined;
  return {
    name: job.name,
    image: job.image && imageOf(job.image),
    targets: targetsOf(job.targets),
    trigger: job.approval === undefined ? job.trigger : { "user-approved": approvalOf(job.approval) },
    window: hasWindow
      ? WINDOW.print({ startMinute: window.startMinute ?? 0, endMinute: window.endMinute ?? 0 })
      : undefined,
    validity: validity && {
      from: validity.startSeconds === undefined ? undefined : INSTANT.print(validity.startSeconds),
      until: validity.endSeconds === undefined ? undefined : INSTANT.print(validity.endSeconds),
    },
    metadata: job.metadata,
    priority: job.priority,
    timeout: job.timeoutUs === undefined ? undefined : DURATION.print(job.timeoutUs),
    starts: job.startsBy === "timeline" ? "by timeline" : DURATION.print(job.startsUs),
    cancel: job.cancelAfterUs === undefined ? undefined : DURATION.print(job.cancelAfterUs),
    rollout: job.rollout && printedRollout(job.rollout),
  };
}

function approvalOf({ share, delayUs, forgetful, reminderUs }: ApprovalHabit): unknown {
  return {
    share: SHARE.print(share),
    delay: printedDistribution(delayUs, DURATION),
    forgetful: SHARE.print(forgetful),
    reminder: printedDistribution(reminderUs, DURATION),
  };
}

function groupOf({ name, cohorts, ranges }: GroupScenario, { groups }: Scenario): unknown {
  const below = groups.filter(({ parent }) => parent === name).map((group) => group.name);
  return {
    name,
    cohorts: cohorts.length === 0 ? undefined : cohorts,
    nodes: ranges.length === 0 ? undefined : rangesOf(ranges),
    groups: below.length === 0 ? undefined : below,
  };
}

function rangesOf(ranges: readonly NodeRange[]): unknown {
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`));
}

function targetsOf(targets: Targets): unknown {
  switch (targets.kind) {
    case "all":
      return "all";
    case "where":
      return { where: { project: targets.project, version: targets.version } };
    case "nodes":
      return { nodes: rangesOf(targets.ranges) };
    case "cohorts":
      return { cohorts: targets.names };
    case "groups":
      return { groups: targets.names };
    case "dynamic":
      return { dynamic: { type: targets.type, model: targets.model, version: targets.version } };
    default:
      return unreachable(targets);
  }
}

function selftestOf({ workerDiesAtMs, loopBlocked, backendBelievesFirstStatus }: Selftest): unknown {
  const printed = (ms: number): string => DURATION.print(Math.round(ms * 1000));
  return {
    "worker-dies": workerDiesAtMs === undefined ? undefined : printed(workerDiesAtMs),
    "loop-blocked": loopBlocked && { at: printed(loopBlocked.atMs), for: printed(loopBlocked.forMs) },
    "backend-believes-first-status": backendBelievesFirstStatus,
  };
}

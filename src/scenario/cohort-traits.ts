/** A cohort's traits, filled in: what it says itself, then what the cohort says that it is `like`, then the defaults. */
import type { z } from "zod";
import { assert } from "../base/assert.ts";
import type { Mistake } from "../base/user-error.ts";
import { nearestWord } from "../base/nearest-word.ts";
import { type GivenCohort, type GivenTraits, TRAITS } from "./cohort-schema.ts";
import { COHORT_DEFAULTS } from "./defaults.ts";
import type { Places } from "./mistakes.ts";

type Given<Key extends keyof GivenTraits> = NonNullable<GivenTraits[Key]>;
type Filled<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> };
type Block<T> = Extract<T, object>;

export interface FilledTraits {
  readonly runs: Given<"runs">;
  readonly zones: Given<"zones">;
  readonly link: Filled<Given<"link">>;
  readonly flash: Filled<Given<"flash">>;
  readonly offline: "none" | Filled<Block<Given<"offline">>>;
  readonly powerCuts: Given<"powerCuts">;
  readonly autofetch: Given<"autofetch">;
  readonly boot: Given<"boot">;
  readonly faults: Given<"faults">;
}

const DEFAULTS = defaultTraits();

function defaultTraits(): FilledTraits {
  const { runs, zones, link, flash, offline, autofetch, boot, faults } = TRAITS.parse(
    structuredClone(COHORT_DEFAULTS) as z.input<typeof TRAITS>,
  );
  assert(
    runs !== undefined &&
      zones !== undefined &&
      link?.throughput !== undefined &&
      link.latency !== undefined &&
      link.loss !== undefined &&
      flash?.write !== undefined &&
      typeof offline === "object" &&
      offline.spells !== undefined &&
      offline.last !== undefined &&
      autofetch !== undefined &&
      boot !== undefined &&
      faults !== undefined,
    "every trait has a default",
  );
  return {
    runs,
    zones,
    link: { throughput: link.throughput, latency: link.latency, loss: link.loss },
    flash: { write: flash.write },
    offline: { spells: offline.spells, last: offline.last },
    powerCuts: [],
    autofetch,
    boot,
    faults,
  };
}

/**
 * Blocks with fixed keys are taken over key by key, so that `runs: { version: 1.3.0 }` keeps the other's project.
 * Mappings of free names and plain values are taken whole: half a mixture of zones is another mixture.
 */
function merged(base: FilledTraits, own: GivenTraits): FilledTraits {
  return {
    runs: { ...base.runs, ...own.runs, checks: { ...base.runs.checks, ...own.runs?.checks } },
    zones: own.zones ?? base.zones,
    link: {
      throughput: own.link?.throughput ?? base.link.throughput,
      latency: own.link?.latency ?? base.link.latency,
      loss: own.link?.loss ?? base.link.loss,
    },
    flash: { write: own.flash?.write ?? base.flash.write },
    offline: mergedOffline(base.offline, own.offline),
    powerCuts: own.powerCuts ?? base.powerCuts,
    autofetch:
      typeof own.autofetch === "object" && typeof base.autofetch === "object"
        ? { ...base.autofetch, ...own.autofetch }
        : (own.autofetch ?? base.autofetch),
    boot: own.boot ?? base.boot,
    faults: own.faults ?? base.faults,
  };
}

function mergedOffline(base: FilledTraits["offline"], own: GivenTraits["offline"]): FilledTraits["offline"] {
  if (own === undefined) return base;
  if (own === "none") return own;
  const under = base === "none" ? DEFAULTS.offline : base;
  assert(under !== "none", "the default has spells");
  return { spells: own.spells ?? under.spells, last: own.last ?? under.last };
}

/** The traits of each cohort, in order. A `like` that leads nowhere, or back to itself, is a mistake. */
export function filledTraits(cohorts: readonly GivenCohort[], places: Places, mistakes: Mistake[]): FilledTraits[] {
  const names = cohorts.map(({ name }) => name);
  const done = new Map<number, FilledTraits>();
  const fill = (index: number, asking: readonly number[]): FilledTraits => {
    const known = done.get(index);
    if (known !== undefined) return known;
    const cohort = cohorts[index];
    assert(cohort !== undefined, "a cohort is asked for by its index");
    let base = DEFAULTS;
    if (cohort.like !== undefined) {
      const other = names.indexOf(cohort.like);
      const path = ["fleet", "cohorts", index, "like"];
      if (other < 0) {
        const nearest = nearestWord(
          cohort.like,
          names.filter((name) => name !== cohort.name),
        );
        const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
        mistakes.push({
          ...places.of(path),
          seen: places.seen(path),
          expected: `${meant}must be the name of another cohort`,
        });
      } else if (other === index || asking.includes(other)) {
        mistakes.push({ ...places.of(path), seen: places.seen(path), expected: "must not lead back to this cohort" });
      } else {
        base = fill(other, [...asking, index]);
      }
    }
    const filled = merged(base, cohort);
    done.set(index, filled);
    return filled;
  };
  return cohorts.map((_, index) => fill(index, []));
}

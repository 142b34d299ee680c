/** A cohort as users write it. Every trait may be left out: `like` and the defaults fill in. */
import * as z from "zod";
import { FAULT_NAMES, type FaultName } from "../faults/fault-names.ts";
import type { Weighted } from "../fleet/cohort.ts";
import { ROWS_MAX } from "../fleet/fleet-book.ts";
import { ZONE_MIXTURE_NAMES, ZONE_MIXTURES, type ZoneMixture } from "../fleet/zone-mixtures.ts";
import { isZone, nearestZone } from "../fleet/zones.ts";
import { CHIP_NAMES, type ChipName } from "../image/chips.ts";
import { COHORT_DEFAULTS } from "./defaults.ts";
import { FROM, LAST_SEEN, LINKS } from "./from-schema.ts";
import { HARDWARE_MIX } from "./hardware-schema.ts";
import { DURATION, RATE, SHARE, THROUGHPUT } from "./units.ts";
import {
  block,
  distribution,
  oneOf,
  optional,
  quantity,
  required,
  text,
  wholeNumber,
  yesOrNo,
} from "./value-schemas.ts";
import { weights } from "./weights-schema.ts";

/** No fleet is larger. */
export const NODES_MAX = ROWS_MAX;

const SHORTEST_PERIOD_US = 60_000_000;

const ZONES_EXPECTED = `must be an IANA time zone such as Europe/Berlin, a mapping of zones to weights, or one of ${ZONE_MIXTURE_NAMES.join(", ")}`;

function zoneAdvice(name: string): string {
  const offset = /^(?:UTC|GMT)([+-])(\d{1,2})$/i.exec(name.trim());
  // The names of Etc/ have their signs reversed, and people write UTC+5 for what is called Etc/GMT-5.
  const zone = offset === null ? nearestZone(name) : `Etc/GMT${offset[1] === "+" ? "-" : "+"}${Number(offset[2])}`;
  const meant = zone === undefined || !isZone(zone) ? "" : `did you mean ${zone}? `;
  return `${meant}${ZONES_EXPECTED}`;
}

const ZONES = z.union(
  [
    z.string().transform((name, context): readonly Weighted[] => {
      if (Object.hasOwn(ZONE_MIXTURES, name)) return ZONE_MIXTURES[name as ZoneMixture];
      if (!isZone(name)) context.addIssue({ code: "custom", message: zoneAdvice(name) });
      return [{ value: name, weight: 1 }];
    }),
    weights("time zones", "time zone", isZone, zoneAdvice),
  ],
  { error: ZONES_EXPECTED },
);

const GENERATION_EXPECTED =
  "must be the name of a firmware generation such as rainmaker-1.16, or a mapping of names to weights";
const GENERATION_NAME = /^[a-z0-9][a-z0-9.-]{0,39}$/;

const GENERATION = z.union(
  [
    z
      .string()
      .regex(GENERATION_NAME, { error: GENERATION_EXPECTED })
      .transform((name): Weighted[] => [{ value: name, weight: 1 }]),
    weights(
      "firmware generations",
      "name of a firmware generation",
      (name) => GENERATION_NAME.test(name),
      () => GENERATION_EXPECTED,
    ),
  ],
  { error: GENERATION_EXPECTED },
);

const RUNS = block(
  {
    project: optional(
      text("a project name", 31),
      "Project name in the app description of the running image. Left out: the image's.",
    ),
    version: optional(text("a version", 31), "Its version. Left out: one that is not the image's."),
    chip: optional(oneOf(CHIP_NAMES as readonly [ChipName, ...ChipName[]]), "The chip. Left out: the image's."),
    secureVersion: optional(wholeNumber(0, 32), "Secure version burnt into the eFuses: bits set, 0 to 32.", {
      default: 0,
    }),
    hardware: optional(
      HARDWARE_MIX,
      "Revision of the board, or several with weights: { rev-a: 70, rev-b: 30 }. Defects of images go by it. Left out: none is told apart.",
    ),
    type: optional(
      text("a node type", 31),
      "Node type of its configuration; dynamic jobs go by it. Left out: the project.",
    ),
    model: optional(text("a model", 31), "Model of its configuration; dynamic jobs go by it. Left out: the project."),
    checks: optional(
      block(
        {
          project: optional(yesOrNo(), "Refuses an image of another project.", { default: true }),
          version: optional(yesOrNo(), "Refuses the version that runs.", { default: true }),
          secureVersion: optional(yesOrNo(), "Refuses a secure version below the eFuses'.", { default: true }),
        },
        "project, version and secureVersion",
      ),
      "What of an offered image's head the firmware checks. false: built with that check skipped.",
    ),
    generation: optional(
      GENERATION,
      "Release of the node's OTA code, or several with weights: { rainmaker-1.16: 80, rainmaker-1.5.7: 20 }. Left out: the adapter's newest.",
    ),
  },
  "what the nodes run at the start",
);

const LINK = block(
  {
    throughput: optional(distribution(THROUGHPUT), "Bytes a second of fleet time that a node's link carries.", {
      default: COHORT_DEFAULTS.link.throughput,
      isModel: true,
    }),
    latency: optional(
      distribution(DURATION),
      "Time one way, from node to backend; a round trip takes twice as long. Fleet time; the live driver has the real network's.",
      { default: COHORT_DEFAULTS.link.latency, isModel: true },
    ),
    loss: optional(
      quantity(SHARE, { isGood: (share) => share <= 0.5, expected: 'a share from "0%" to "50%"' }),
      "Share of packets that are lost: it bounds the throughput at 1,440 bytes * sqrt(1.5 / loss) a round trip.",
      { default: COHORT_DEFAULTS.link.loss },
    ),
  },
  "throughput, latency and loss",
);

const FLASH = block(
  {
    write: optional(distribution(THROUGHPUT), "Bytes a second of fleet time at which flash is erased and written.", {
      default: COHORT_DEFAULTS.flash.write,
    }),
  },
  "write",
);

const OFFLINE = z.union(
  [
    oneOf(["none"]),
    block(
      {
        spells: optional(quantity(RATE), "Spells without network for each day online, at random: 0.06/d.", {
          default: COHORT_DEFAULTS.offline.spells,
          isModel: true,
        }),
        last: optional(
          distribution(DURATION),
          "How long a spell lasts, fleet time. The tail decides how many are offline.",
          {
            default: COHORT_DEFAULTS.offline.last,
            isModel: true,
          },
        ),
      },
      "spells and last",
    ),
  ],
  { error: "must be none, or a mapping with spells and last" },
);

const POWER_CUTS_MAX = 20;

const POWER_CUTS = z
  .array(
    block(
      {
        at: required(quantity(DURATION), "Fleet time from the run's begin."),
        for: required(
          quantity(DURATION, { isGood: (us) => us > 0, expected: 'a duration above zero, such as "20m"' }),
          "How long power stays away, fleet time.",
        ),
      },
      "at and for",
    ),
    { error: "must be a list of power cuts, each { at: 2h, for: 20m }" },
  )
  .max(POWER_CUTS_MAX, { error: `must be at most ${POWER_CUTS_MAX} power cuts` });

const PERIOD = quantity(DURATION, {
  isGood: (us) => us >= SHORTEST_PERIOD_US,
  expected: 'a duration of at least "1m", such as "6h"',
});

const AUTOFETCH = z.union(
  [
    oneOf(["never", "after-boot"]),
    block(
      {
        every: optional(
          PERIOD,
          "The period, fleet time, at least 1m. RainMaker's firmware counts whole hours, up to 168h.",
        ),
        phase: optional(
          z.union([oneOf(["uniform", "even"]), quantity(DURATION)], {
            error: 'must be uniform, even, or a duration such as "10m"',
          }),
          "Where in its period a node stands when fleet time begins: uniform = anywhere, even = the cohort's nodes ask one after the other at equal distances, or the time until its first question.",
          { default: "uniform" },
        ),
        jitter: optional(
          quantity(DURATION),
          "Each question comes late by anything from 0 to so much. The firmware has none.",
          { default: "0s" },
        ),
      },
      "every, phase and jitter",
    ),
  ],
  { error: "must be never, after-boot, or a mapping with every, phase and jitter" },
);

const FAULT_ABOUT: Readonly<Record<FaultName, string>> = {
  "boot-loop": "The new image crashes before it is confirmed: one try, then the bootloader goes back.",
  "self-test-fails": "The new image boots, and its self-test says no: rolled back.",
  "no-network-after-update": "The new image never reaches the backend: rolled back after the wait.",
  "power-loss-in-write": "Power goes at some byte of the download, once.",
  "corrupt-block": "Some byte arrives or is stored wrong, once: the image's digest does not match.",
  "slow-flash": "Flash erases and writes at a fraction of its speed.",
  "wrong-image": "The image's head names another project than the one that runs, and the node refuses it.",
  "lost-status": "The final status never reaches the backend.",
  brick: "The new image destroys what the chip boots from, and the node is gone.",
};

const FAULTS = block(
  Object.fromEntries(
    FAULT_NAMES.map((name) => [name, optional(quantity(SHARE), `Share of nodes. ${FAULT_ABOUT[name]}`)]),
  ) as Record<FaultName, z.ZodOptional<ReturnType<typeof quantity<number>>>>,
  "shares of nodes by the fault's name",
);

const NAME_EXPECTED = "must be a name of letters, digits, - and _, at most 40 long, such as homes";

const NAME = z.string({ error: NAME_EXPECTED }).regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, { error: NAME_EXPECTED });

const SIZE_OF_COHORT = z.union(
  [quantity(SHARE).transform((share) => ({ share })), wholeNumber(0, NODES_MAX).transform((count) => ({ count }))],
  { error: 'must be a share such as "80%" of the nodes that no cohort counts, or a whole number of nodes' },
);

export const COHORT_NAME = NAME;

/** All traits, each of which may be left out. */
export const TRAITS_SHAPE = {
  runs: optional(RUNS, "What the nodes run at the start."),
  zones: optional(ZONES, "Time zone of the nodes, or several with weights, or a mixture by name: world, eu, ...", {
    default: COHORT_DEFAULTS.zones,
  }),
  link: optional(LINK, "The way to the backend."),
  flash: optional(FLASH, "The flash chip."),
  offline: optional(OFFLINE, "Spells without network, or none."),
  powerCuts: optional(
    POWER_CUTS,
    "Power goes for all nodes of the cohort at once; when it is back they boot together, and ask in step from then on.",
    { default: [] },
  ),
  autofetch: optional(
    AUTOFETCH,
    "When nodes ask by themselves: never, after-boot (once after each boot, as the firmware is built by default), or { every: 6h }.",
    { default: COHORT_DEFAULTS.autofetch },
  ),
  boot: optional(distribution(DURATION), "From power on to the dial, fleet time.", {
    default: COHORT_DEFAULTS.boot,
    isModel: true,
  }),
  faults: optional(FAULTS, "Shares of nodes that a fault hits; no node has two."),
};

export const COHORT = block(
  {
    name: required(NAME, "Its name, unique in the fleet: letters, digits, - and _."),
    nodes: optional(SIZE_OF_COHORT, "A share of the nodes that no cohort counts, or a count. Shares sum to 100%.", {
      default: "100%",
    }),
    from: optional(
      FROM,
      "A CSV file with a row for each node, instead of `nodes`: { file: fleet.csv, columns: { id: device_id, zone: tz } }. What a row says goes before the traits below.",
    ),
    links: optional(LINKS, "With `from`: what the words of its link column mean."),
    lastSeen: optional(LAST_SEEN, "With `from`: what follows from its column lastSeen."),
    like: optional(NAME, "Name of another cohort whose traits hold where this one says nothing."),
    ...TRAITS_SHAPE,
  },
  "a cohort",
);

/** The traits of a cohort as far as they are given, units converted. */
export const TRAITS = block(TRAITS_SHAPE, "traits");
export type GivenTraits = z.output<typeof TRAITS>;
export type GivenCohort = z.output<typeof COHORT>;

/**
 * A cohort: nodes that share their traits' distributions. Plain data, so that it can be posted to a worker, hashed
 * and printed. Durations are microseconds of fleet time.
 */
import type { FaultName } from "../faults/fault-names.ts";
import type { Distribution } from "./distribution.ts";
import type { FleetBook } from "./fleet-book.ts";

/** One of several values, taken with a probability of `weight` over the sum of all weights. */
export interface Weighted {
  readonly value: string;
  readonly weight: number;
}

/** How long and how often the nodes of a cohort are without network. */
export type Offline =
  | { readonly kind: "none" }
  /** Spells begin at random, so many for each day *online*, and last as drawn. */
  | { readonly kind: "spells"; readonly perDay: number; readonly lastUs: Distribution };

/** Power goes for all nodes of a cohort at once: fleet time from the run's begin, and how long it stays away. */
export interface PowerCut {
  readonly atUs: number;
  readonly forUs: number;
}

/** When nodes ask by themselves. */
export type Autofetch =
  /** Built without autofetch: such a node hears only what is pushed. */
  | { readonly kind: "never" }
  /** Once after each boot: the firmware's default, period 0. */
  | { readonly kind: "after boot" }
  | {
      readonly kind: "periodic";
      readonly everyUs: number;
      /**
       * Where in its period a node stands when fleet time begins, in (0, 1). "uniform": anywhere, drawn. "even": its
       * cohort's nodes ask one after the other at equal distances, in the order of `EvenPlaces`.
       */
      readonly phase: "uniform" | "even" | number;
      /** Each question comes late by anything from 0 to so much, drawn each time. 0 = as the firmware has it. */
      readonly jitterUs: number;
    };

/** The image that nodes run when the run begins. */
export interface RunningImage {
  readonly project: string;
  readonly version: string;
  /** Name of the chip, as ESP-IDF writes its target: `esp32c3`. */
  readonly chip: string;
  readonly secureVersion: number;
  /** Revisions of the board; undefined = the scenario tells none apart. */
  readonly hardware?: readonly Weighted[] | undefined;
  /** Node type and model, as a node's configuration names them: dynamic jobs go by them. */
  readonly type: string;
  readonly model: string;
  /** Checks of an image's head that the firmware is built with (Kconfig SKIP_*_CHECK turn them off). */
  readonly checks: { readonly project: boolean; readonly version: boolean; readonly secureVersion: boolean };
  /** Releases of the node's OTA code, by the adapter's names. */
  readonly generations: readonly Weighted[];
}

/** A class of links that rows of a fleet file name; undefined = as the cohort's. */
export interface LinkClass {
  readonly name: string;
  readonly throughputBytesPerSecond: Distribution | undefined;
  readonly latencyUs: Distribution | undefined;
}

/** The file that a cohort's nodes come from, a row a node in the file's order. */
export interface CohortFile {
  /** As written; relative to the scenario file. */
  readonly file: string;
  /** Names of its columns, as written; undefined = the standard ones. */
  readonly columns: Readonly<Record<string, string>> | undefined;
  /** Rows in the file; the cohort has fewer nodes where only some of them are taken. */
  readonly rowsInFile: number;
  /** Hex SHA-256 of the book. */
  readonly sha256: string;
  /** What its rows run, by the book's kinds. */
  readonly runs: readonly RunningImage[];
  /** IANA names that its rows say, and whether every row says one. */
  readonly zones: readonly string[];
  readonly namesEveryZone: boolean;
  /** By the book's link classes. */
  readonly links: readonly LinkClass[];
  /** Seconds since 1970: nodes that were last seen before are gone; undefined = none is. */
  readonly goneBeforeSeconds: number | undefined;
  /** Nodes that are. */
  readonly gone: number;
  /** The rows. Beside the scenario, not in its JSON: whoever reads that puts the book back. */
  readonly book: FleetBook | undefined;
}

export interface Cohort {
  readonly name: string;
  /** Where its nodes come from; undefined = they are drawn. What a row says goes before what is drawn. */
  readonly from?: CohortFile | undefined;
  /** Index of its first node in the fleet; the others follow without a gap. */
  readonly firstNode: number;
  readonly nodes: number;
  readonly runs: RunningImage;
  /** IANA names. */
  readonly zones: readonly Weighted[];
  readonly throughputBytesPerSecond: Distribution;
  /** One way, node to backend; a round trip takes twice as long. */
  readonly latencyUs: Distribution;
  /** Share of packets that are lost, above 0; left out = none. */
  readonly lossShare?: number | undefined;
  readonly flashBytesPerSecond: Distribution;
  readonly offline: Offline;
  readonly powerCuts: readonly PowerCut[];
  readonly autofetch: Autofetch;
  /** From power on to the dial. */
  readonly bootUs: Distribution;
  /** Each fault hits its share (0 to 1) of the nodes, and no node has two. */
  readonly faults: readonly { readonly fault: FaultName; readonly share: number }[];
}

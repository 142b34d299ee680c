import type { Book, TextBook } from "../base/book.ts";
import type { FaultTouch } from "./fault-touch.ts";
import type { BuildOptions, Generation } from "./generation.ts";
import type { ImageIdentity } from "./image-identity.ts";
import type { Offer } from "./offer.ts";
import type { PosixZone } from "./posix-zone.ts";
import type { OutboxEntry } from "./report.ts";

/** What has no fixed size lies beside the rows of a shard; a row holds the number of an entry. */
export interface NodeBooks {
  readonly offers: Book<Offer>;
  readonly outbox: Book<OutboxEntry>;
  /** Job ids, md5 texts: equal texts have one number. */
  readonly texts: TextBook;
  readonly images: Book<ImageIdentity>;
  /** Delayed fetches beyond the earliest, by slot: the firmware arms a timer for each, and most nodes have one. */
  readonly laterFetches: Map<number, LaterFetch[]>;
}

/** A timer of the firmware's that will lead to a fetch: at once, or (a stray watch of a forgotten one) by a retry. */
export interface LaterFetch {
  readonly atUs: number;
  readonly isStray: boolean;
}

/** What a self-test of the application answers; `none`: the application has no such test. */
export type SelfTest = "none" | "success" | "pending" | "fail";

/** What the nodes of a cohort share. Functions of a draw in (0, 1) give times in whole microseconds of fleet time. */
export interface CohortSettings {
  readonly generation: Generation;
  /** Revision of the board; "" = the scenario does not say. */
  readonly hardware: string;
  readonly build: BuildOptions;
  readonly selfTestAtBoot: SelfTest;
  readonly selfTestAfterConnect: SelfTest;
  /** Time from the end of a spell to the next; NEVER = always on the network. */
  readonly spellGapUs: (u: number) => number;
  readonly spellLengthUs: (u: number) => number;
  readonly autofetchJitterUs: (u: number) => number;
  /** From power on to the first dial. */
  readonly bootUs: (u: number) => number;
  /** Reading back and checking an image of so many bytes; NEVER = the carrier says when and how it ended. */
  readonly verifyUs: (bytes: number) => number;
  /** The clock is set from the network before the link is dialled. */
  readonly syncsClock: boolean;
  /** False where somebody else tells when the link is there: the node never dials. */
  readonly dialsItself: boolean;
  /** Bytes of an OTA slot: a longer image fails at its first byte beyond; one that claimed to fit, when it has ended. */
  readonly slotBytes: number;
}

/** All that a shard's nodes need to know and cannot keep in a row. Declared here, filled by fleet/ and the engine. */
export interface NodeSettings {
  /** 32 bits. */
  readonly seed: number;
  /** Fleet index of slot 0. */
  readonly firstNode: number;
  /** UTC at fleet instant 0: microseconds since 1970. */
  readonly startEpochUs: number;
  /** Fleet seconds in a wall second: watchdogs on the backend count wall time. */
  readonly fleetPerWall: number;
  /**
   * Without a network a timer for a fetch only arms the next, so nobody hears of its firing. True: such firings wake no
   * driver; they are made up for when something else happens to the node, each as of its own time. Left out: every
   * firing is a deadline, as those want it who watch timers.
   */
  readonly leapsUnheardTimers?: boolean;
  readonly cohorts: readonly CohortSettings[];
  readonly zones: readonly PosixZone[];
  /** By bit of a node's fault mask. */
  readonly faults: readonly FaultTouch[];
  readonly books: NodeBooks;
}

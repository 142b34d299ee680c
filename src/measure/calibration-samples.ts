/**
 * What a live run's records tell of the servers' side, collected while they stream by: when each question was sent and
 * answered, when bytes began and ended to flow. Everything in wall time, as servers know no other; what the generator
 * itself was late with is taken out.
 */
import { DOWNLOAD_ENDS, LOSS_CAUSES, NO_JOB, OFFER_KINDS } from "./event-record.ts";
import { kindNumber } from "./record-codec.ts";
import type { Visits } from "./server-fit.ts";
import type { Transfer } from "./bandwidth-fit.ts";

const KIND = {
  connected: kindNumber("connected"),
  connectParts: kindNumber("connect parts"),
  connectFailed: kindNumber("connect failed"),
  fetchAcked: kindNumber("fetch acked"),
  fetchLost: kindNumber("fetch lost"),
  reportAcked: kindNumber("report acked"),
  reportLost: kindNumber("report lost"),
  offerReceived: kindNumber("offer received"),
  firstByte: kindNumber("first byte"),
  downloadEnded: kindNumber("download ended"),
  poweredOff: kindNumber("powered off"),
} as const;

const COMPLETE = DOWNLOAD_ENDS.indexOf("complete");
const REFUSED = DOWNLOAD_ENDS.indexOf("refused");
const PUSH = OFFER_KINDS.indexOf("push");
/** Losses that are not the node's own doing: nobody answered. */
const UNANSWERED = new Set(
  (["too old", "disconnected", "timeout"] as const).map((cause) => LOSS_CAUSES.indexOf(cause)),
);

/** What a server turned away or left without an answer, as far as records tell. */
export interface TurnedAway {
  fetches: number;
  statuses: number;
  dials: number;
  downloads: number;
}

/** Pairs of an instant and a length that grow; microseconds of wall time. */
class GrowingVisits {
  readonly #at: number[] = [];
  readonly #stay: number[] = [];

  add(atUs: number, stayUs: number): void {
    this.#at.push(atUs);
    this.#stay.push(stayUs);
  }

  get visits(): Visits {
    return { atUs: Float64Array.from(this.#at), stayUs: Float64Array.from(this.#stay) };
  }
}

/** A sink of records. Those of one node come in their order. */
export class CalibrationSamples {
  readonly #speed: number;
  readonly #ownBytesPerSecond: (node: number) => number;
  readonly #fetches = new GrowingVisits();
  readonly #statuses = new GrowingVisits();
  readonly #connects = new GrowingVisits();
  readonly #trips: number[] = [];
  readonly #firstBytes: number[] = [];
  readonly #pushes = new Map<number, number[]>();
  readonly #transfers: Transfer[] = [];
  readonly turnedAway: TurnedAway = { fetches: 0, statuses: 0, dials: 0, downloads: 0 };
  /** When the first byte of each node's download came, by wall time. */
  readonly #begun = new Map<number, number>();

  /**
   * @param speed fleet seconds in a wall second
   * @param ownBytesPerSecond what a node takes at most, bytes a second of fleet time
   */
  constructor(speed: number, ownBytesPerSecond: (node: number) => number) {
    this.#speed = speed;
    this.#ownBytesPerSecond = ownBytesPerSecond;
  }

  record(kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number): void {
    const wallUs = atUs / this.#speed;
    switch (kind) {
      case KIND.fetchAcked:
        this.#visit(this.#fetches, wallUs, a - b);
        break;
      case KIND.reportAcked:
        this.#visit(this.#statuses, wallUs, a - b);
        break;
      case KIND.connected:
        // Before fleet time begins to run, the ramp's dials all bear its first instant.
        if (atUs > 0) this.#visit(this.#connects, wallUs, a - b);
        break;
      case KIND.fetchLost:
        if (UNANSWERED.has(detail)) this.turnedAway.fetches += 1;
        break;
      case KIND.reportLost:
        if (UNANSWERED.has(detail)) this.turnedAway.statuses += 1;
        break;
      case KIND.connectFailed:
        this.turnedAway.dials += 1;
        break;
      case KIND.connectParts:
        this.#trips.push(a);
        break;
      case KIND.offerReceived:
        if (detail === PUSH && count !== NO_JOB) this.#push(count, wallUs);
        break;
      case KIND.firstByte:
        this.#begun.set(node, wallUs);
        this.#firstBytes.push(a - b);
        break;
      case KIND.downloadEnded:
        if (detail === REFUSED) this.turnedAway.downloads += 1;
        this.#ended(node, wallUs, detail === COMPLETE ? a : 0);
        break;
      case KIND.poweredOff:
        this.#begun.delete(node);
        break;
      default:
        break;
    }
  }

  get fetches(): Visits {
    return this.#fetches.visits;
  }

  get statuses(): Visits {
    return this.#statuses.visits;
  }

  /** Dials that ended well while fleet time ran. */
  get connects(): Visits {
    return this.#connects.visits;
  }

  /** Of each connect: how long TCP took, which is one trip there and back. */
  get trips(): Float64Array {
    return Float64Array.from(this.#trips);
  }

  /** From the request of an image to its first byte. */
  get firstBytes(): Float64Array {
    return Float64Array.from(this.#firstBytes);
  }

  /** By job: when each offer arrived that nobody had asked for, in order. */
  get pushes(): readonly Float64Array[] {
    return [...this.#pushes.values()].map((each) => Float64Array.from(each).sort());
  }

  /** The same as visits, from first byte to last. */
  get downloads(): Visits {
    return {
      atUs: Float64Array.from(this.#transfers, ({ fromUs }) => fromUs),
      stayUs: Float64Array.from(this.#transfers, ({ fromUs, untilUs }) => untilUs - fromUs),
    };
  }

  /** Downloads that came to their end. */
  get transfers(): readonly Transfer[] {
    return this.#transfers;
  }

  #visit(visits: GrowingVisits, answeredUs: number, tookUs: number): void {
    if (tookUs > 0) visits.add(answeredUs - tookUs, tookUs);
  }

  #push(job: number, atUs: number): void {
    const before = this.#pushes.get(job);
    if (before === undefined) this.#pushes.set(job, [atUs]);
    else before.push(atUs);
  }

  #ended(node: number, untilUs: number, bytes: number): void {
    const fromUs = this.#begun.get(node);
    this.#begun.delete(node);
    if (fromUs === undefined || bytes === 0) return;
    const ownBytesPerSecond = this.#ownBytesPerSecond(node) * this.#speed;
    this.#transfers.push({ fromUs, untilUs, bytes, ownBytesPerSecond });
  }
}

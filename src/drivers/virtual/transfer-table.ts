/**
 * Downloads under way in a virtual run, a row each: a herd that downloads at once is a third of a fleet, and as objects
 * its downloads would take more room than its nodes. Known by node, as a node has one at a time.
 */
import { assert } from "../../base/assert.ts";
import { bool, f64, instant, row, struct, u16, u32 } from "../../base/row.ts";
import type { ImageAnswer } from "./image-answer.ts";

/** Room for so many at first; it doubles. */
const ROOM_MIN = 256;
/** What most requests get. */
const PLAIN: Omit<ImageAnswer, "atUs"> = { refusal: undefined, fault: undefined };

/** One download. Whoever tells its node something must look it up again behind that: the node may have begun another. */
export class Transfer extends struct({
  job: u16,
  /** Of the whole image. */
  sizeBytes: u32,
  fromBytes: u32,
  /** Bytes a second of fleet time. */
  pace: f64,
  dueUs: instant,
  /** Where the body ends or stands still; Infinity = nowhere any more. */
  breakAt: f64,
  /** The byte of which one bit is wrong; Infinity = none. */
  wrongAt: f64,
  /** What lies in the slot from an attempt before has a wrong bit. */
  isDamaged: bool,
  /** Where nothing is shared: since when its bytes come at its pace. -1 before the first byte. */
  flowsFromUs: instant,
  /** The server stands still in mid-body. */
  isStalled: bool,
  /** Infinity = all of it. */
  untilBytes: f64,
  /** What the node was told of, so that a cut never leaves it with less. */
  toldBytes: u32,
  /** Its entry in the queue + 1; 0 = none. */
  entry: u32,
  /** Its flow on a shared link + 1; 0 = none. What it had before it flowed, and will have when the flow is done. */
  link: u32,
  beforeBytes: f64,
  goalBytes: f64,
  /** It holds one of the server's connections. */
  isOpen: bool,
  /** Counts the downloads of the run: which one this is. */
  serial: f64,
}) {
  /** Its entry in the queue; -1 = none. */
  get slot(): number {
    return this.entry - 1;
  }

  set slot(slot: number) {
    this.entry = slot + 1;
  }

  /** Its flow on a shared link; -1 = none. */
  get flow(): number {
    return this.link - 1;
  }

  set flow(flow: number) {
    this.link = flow + 1;
  }
}

class TransferRow extends row({ transfer: Transfer }) {}

export class TransferTable {
  readonly #nodes: number;
  /** By node: place + 1; 0 = it has no download. Made at the first download. */
  #placeOf: Uint32Array | undefined;
  #rows = new ArrayBuffer(ROOM_MIN * TransferRow.bytes);
  readonly #row = new TransferRow(this.#rows);
  readonly #transfer = this.#row.transfer;
  readonly #free: number[] = [];
  #used = 0;
  #serial = 0;
  /** By node; of those that are refused, or that misbehaviour befalls. */
  readonly #answers = new Map<number, ImageAnswer>();

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  has(node: number): boolean {
    return this.#placeOf !== undefined && this.#placeOf[node] !== 0;
  }

  /** The node's download; the same object shows another one at the next call. */
  of(node: number): Transfer | undefined {
    const place = this.#placeOf?.[node] ?? 0;
    return place === 0 ? undefined : this.#at(place - 1);
  }

  /** Makes room for the download of a node that has none; all its fields are to be set. */
  open(node: number, answer: ImageAnswer): Transfer {
    this.#placeOf ??= new Uint32Array(this.#nodes);
    assert(this.#placeOf[node] === 0, "a node has one download at a time", node);
    const place = this.#free.pop() ?? this.#used++;
    if ((place + 1) * TransferRow.bytes > this.#rows.byteLength) this.#grow();
    this.#placeOf[node] = place + 1;
    if (answer.refusal !== undefined || answer.fault !== undefined) this.#answers.set(node, answer);
    const transfer = this.#at(place);
    transfer.serial = ++this.#serial;
    return transfer;
  }

  /** The node's download is over. What it was can still be read, until the next one is looked up. */
  close(node: number): void {
    const place = this.#placeOf?.[node] ?? 0;
    assert(this.#placeOf !== undefined && place !== 0, "a download that ends is there", node);
    this.#placeOf[node] = 0;
    this.#free.push(place - 1);
    if (this.#answers.size > 0) this.#answers.delete(node);
  }

  /** How the server answers the node's download, apart from when. */
  answerOf(node: number): Omit<ImageAnswer, "atUs"> {
    return this.#answers.size === 0 ? PLAIN : (this.#answers.get(node) ?? PLAIN);
  }

  /** Nodes that have a download, in the order in which those began. */
  nodes(): readonly number[] {
    const found: { readonly node: number; readonly serial: number }[] = [];
    this.#placeOf?.forEach((place, node) => {
      if (place !== 0) found.push({ node, serial: this.#at(place - 1).serial });
    });
    return found.toSorted((a, b) => a.serial - b.serial).map(({ node }) => node);
  }

  #at(place: number): Transfer {
    this.#row.moveTo(place);
    return this.#transfer;
  }

  #grow(): void {
    const rows = new ArrayBuffer(this.#rows.byteLength * 2);
    new Uint8Array(rows).set(new Uint8Array(this.#rows));
    this.#rows = rows;
    this.#row.moveInto(rows);
  }
}

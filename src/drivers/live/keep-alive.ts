/**
 * The keep-alive of all links of a shard, without a timer for each. The firmware pings half a keep-alive after the
 * connect or the last ping, whatever else it sent, and gives up a keep-alive after a ping without an answer
 * (esp-mqtt, mqtt_client.c, process_keepalive). Each link thus has a beat every half keep-alive, and links with one
 * keep-alive stand in a plain line: who was beaten last is due last.
 */
import type { MqttLink } from "./mqtt-link.ts";

/** Beats for the links that were added. The owner calls `tick` from a timer of its own, once a second or oftener. */
export class KeepAliveQueue {
  /** By keep-alive in seconds; nearly always a single one. */
  readonly #lines = new Map<number, Line>();

  /** Adds a link that has just connected. One without keep-alive is left out; one that closes leaves by itself. */
  add(link: MqttLink, nowUs: number): void {
    if (link.keepAliveSeconds === 0) return;
    let line = this.#lines.get(link.keepAliveSeconds);
    if (line === undefined) {
      line = new Line((link.keepAliveSeconds * 1_000_000) / 2);
      this.#lines.set(link.keepAliveSeconds, line);
    }
    line.add(link, nowUs);
  }

  /** Beats every link that is due at `nowUs` (monotonic microseconds). */
  tick(nowUs: number): void {
    for (const line of this.#lines.values()) line.tick(nowUs);
  }

  /** When the next beat is due, in monotonic microseconds; Infinity without links. */
  get dueUs(): number {
    let due = Infinity;
    for (const line of this.#lines.values()) due = Math.min(due, line.dueUs);
    return due;
  }
}

// Beaten entries are cut off in one go when they are so many and the greater part of the line.
const SPENT_ENTRIES_MAX = 1_024;

class Line {
  readonly #halfUs: number;
  #links: (MqttLink | undefined)[] = [];
  #duesUs: number[] = [];
  #first = 0;

  constructor(halfUs: number) {
    this.#halfUs = halfUs;
  }

  get dueUs(): number {
    return this.#duesUs[this.#first] ?? Infinity;
  }

  add(link: MqttLink, nowUs: number): void {
    this.#links.push(link);
    this.#duesUs.push(nowUs + this.#halfUs);
  }

  tick(nowUs: number): void {
    while (this.dueUs <= nowUs) {
      const link = this.#links[this.#first];
      this.#links[this.#first] = undefined;
      this.#first += 1;
      if (link?.beat() === true) this.add(link, nowUs);
    }
    if (this.#first > SPENT_ENTRIES_MAX && this.#first * 2 > this.#links.length) {
      this.#links = this.#links.slice(this.#first);
      this.#duesUs = this.#duesUs.slice(this.#first);
      this.#first = 0;
    }
  }
}

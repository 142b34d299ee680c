/**
 * The QoS 1 outbox of the node's MQTT client: what is handed over waits here for its acknowledgement, is written
 * again one second later and after a reconnect, and is deleted without a word at 30 s of age.
 * Source: esp-mqtt lib/include/mqtt_config.h and mqtt_client.c; wall time, as it judges the backend.
 */
import { NEVER, type InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import type { NodeNote } from "./notes.ts";
import type { NodeRow } from "./node-row.ts";
import type { OutboxEntry } from "./report.ts";
import { resumeValidation } from "./validation-wait.ts";

type LossReason = Extract<NodeNote, { kind: "message lost" }>["why"];

/**
 * Gives a message to the MQTT client: sent at once where there is a connection, else when there is one. Answers its
 * number, or 0 where the client would not take it.
 */
export function handOver(node: NodeRow, entry: OutboxEntry, now: InstantUs, io: Carrier): number {
  const { outbox, link } = node;
  const book = node.settings.books.outbox;
  entry.madeAtUs = now;
  entry.agesFromUs = now;
  if (outbox.refusals > 0) {
    outbox.refusals--;
    io.note({ kind: "not taken", entry });
    return 0;
  }
  const message = book.add(entry);
  if (outbox.first === 0) outbox.first = message;
  else {
    let last = book.get(outbox.first);
    while (last.next !== 0) last = book.get(last.next);
    last.next = message;
  }
  io.note({ kind: "handed over", message, isOffline: !link.isConnected });
  if (link.isConnected) write(message, entry, now, io);
  plan(node);
  return message;
}

/** Takes an acknowledged (or refused) message out. Undefined where it is not there any more. */
export function settle(node: NodeRow, message: number): OutboxEntry | undefined {
  const entry = unlink(node, message);
  if (entry === undefined) return undefined;
  node.settings.books.outbox.release(message);
  plan(node);
  return entry;
}

/** Deletes what is too old and writes again what was not acknowledged in time. */
export function tendOutbox(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { generation } = node;
  const book = node.settings.books.outbox;
  const maxAgeUs = maxAge(node);
  const resendUs = node.wallMs(generation.resendAfterMs);
  for (let message = node.outbox.first; message !== 0;) {
    const entry = book.get(message);
    const next = entry.next;
    if (now >= entry.agesFromUs + maxAgeUs) lose(node, message, "too old", io);
    else if (node.link.isConnected && now >= entry.sentAtUs + resendUs) write(message, entry, now, io);
    message = next;
  }
  // Without a link, what is written is the question that a new image waits upon: now there is none.
  if (node.outbox.first === 0 && node.generation.confirmsOn === "first answer") resumeValidation(node, now);
  plan(node);
}

/** Writes everything again: the broker has forgotten what was under way on the old connection. */
export function resendAll(node: NodeRow, now: InstantUs, io: Carrier): void {
  const book = node.settings.books.outbox;
  for (let message = node.outbox.first; message !== 0; message = book.get(message).next) {
    write(message, book.get(message), now, io);
  }
  plan(node);
}

/** A reset: the outbox lies in RAM. */
export function loseAll(node: NodeRow, why: LossReason, io: Carrier): void {
  while (node.outbox.first !== 0) lose(node, node.outbox.first, why, io);
  plan(node);
}

function lose(node: NodeRow, message: number, why: LossReason, io: Carrier): void {
  io.note({ kind: "message lost", message, why });
  unlink(node, message);
  node.settings.books.outbox.release(message);
}

function write(message: number, entry: OutboxEntry, now: InstantUs, io: Carrier): void {
  entry.sentAtUs = now;
  io.send(message);
}

function unlink(node: NodeRow, message: number): OutboxEntry | undefined {
  const { outbox } = node;
  const book = node.settings.books.outbox;
  if (outbox.first === message) {
    const entry = book.get(message);
    outbox.first = entry.next;
    return entry;
  }
  for (let at = outbox.first; at !== 0;) {
    const before = book.get(at);
    if (before.next === message) {
      const entry = book.get(message);
      before.next = entry.next;
      return entry;
    }
    at = before.next;
  }
  return undefined;
}

/** While the node has a network, its messages wait for the backend, in wall time; without one, for the node's own sake. */
function maxAge(node: NodeRow): number {
  const { outboxMaxAgeMs } = node.generation;
  return node.link.isUp ? node.wallMs(outboxMaxAgeMs) : outboxMaxAgeMs * 1_000;
}

/** The network came or went: what a message has aged so far is kept, and it goes on ageing by the other clock. */
export function changeAgeing(node: NodeRow, now: InstantUs): void {
  const { fleetPerWall, books } = node.settings;
  const factor = node.link.isUp ? fleetPerWall : 1 / fleetPerWall;
  for (let message = node.outbox.first; message !== 0; message = books.outbox.get(message).next) {
    const entry = books.outbox.get(message);
    entry.agesFromUs = now - Math.round((now - entry.agesFromUs) * factor);
  }
  plan(node);
}

/** The next time at which something in the outbox is due. */
function plan(node: NodeRow): void {
  const { outbox, generation } = node;
  const book = node.settings.books.outbox;
  let due: InstantUs = NEVER;
  if (outbox.first !== 0) {
    const maxAgeUs = maxAge(node);
    const resendUs = node.wallMs(generation.resendAfterMs);
    for (let message = outbox.first; message !== 0;) {
      const entry = book.get(message);
      const oldAt = entry.agesFromUs + maxAgeUs;
      if (oldAt < due) due = oldAt;
      if (node.link.isConnected && entry.sentAtUs + resendUs < due) due = entry.sentAtUs + resendUs;
      message = entry.next;
    }
  }
  outbox.dueAtUs = due;
}

/** For whoever changes the link: offline, nothing is written again. */
export { plan as planOutbox };

/** A node's row as a trace shows it: what numbers of books stand for is written out, so that rows of two tables compare. */
import type { NodeRow } from "../../node/node-row.ts";
import type { ShownRow, TraceStep, TraceValue } from "../../node/trace-step.ts";
import { knownPlace, type TraceCounts } from "./trace-numbers.ts";

const PARTS = ["traits", "power", "link", "agent", "update", "flash", "nvs", "outbox"] as const;

/** Every field of the row, and what lies beside it in books. Instants that never come are null. */
export function shownRow(node: NodeRow, counts: TraceCounts): ShownRow {
  const { books, zones } = node.settings;
  const shown: Record<string, TraceValue> = {};
  for (const part of PARTS) {
    // Parts show their fields to JSON, and nothing else does.
    const fields = JSON.parse(JSON.stringify(node[part])) as Record<string, TraceValue>;
    for (const [field, value] of Object.entries(fields)) shown[`${part}.${field}`] = value;
  }
  const text = (number: number): TraceValue => (number === 0 ? null : books.texts.get(number));
  const image = (number: number): TraceValue => shownImage(node, number);
  return {
    ...shown,
    "traits.cohort": node.generation.name,
    "traits.zone": zones[node.traits.zone]?.rule ?? null,
    "agent.openFetch": openFetch(node, counts),
    "agent.laterFetches": node.agent.hasLater ? laterFetches(node) : [],
    "update.offer": knownPlace(counts.offers, node.update.offer),
    "update.image": image(node.update.image),
    "flash.image0": image(node.flash.image0),
    "flash.image1": image(node.flash.image1),
    "nvs.job": text(node.nvs.job),
    "nvs.md5": text(node.nvs.md5),
    "nvs.failedJob": text(node.nvs.failedJob),
    "outbox.first": messages(node).map((message) => knownPlace(counts.messages, message)),
  };
}

/** The fields in which two rows differ. */
export function changes(before: ShownRow, after: ShownRow): TraceStep["changed"] {
  const changed = Object.entries(after).flatMap(([field, value]) => {
    const was = before[field] ?? null;
    return JSON.stringify(was) === JSON.stringify(value) ? [] : [[field, [was, value] as const] as const];
  });
  return Object.fromEntries(changed);
}

/** An image as people know it; null = none. */
export function shownImage({ settings }: NodeRow, number: number): TraceValue {
  if (number === 0) return null;
  const { project, version, suitsChip } = settings.books.images.get(number);
  return `${project} ${version}${suitsChip ? "" : " for another chip"}`;
}

function laterFetches({ settings, slot }: NodeRow): TraceValue {
  const waiting = settings.books.laterFetches.get(slot) ?? [];
  return waiting.map(({ atUs, isStray }) => ({ atUs, isStray }));
}

/** A question that left the outbox is watched on; its number may be another message's by now. */
function openFetch(node: NodeRow, counts: TraceCounts): TraceValue {
  const { openFetch: message } = node.agent;
  if (message === 0) return 0;
  return messages(node).includes(message) ? knownPlace(counts.messages, message) : "left the outbox";
}

function messages({ settings, outbox }: NodeRow): readonly number[] {
  const waiting: number[] = [];
  const book = settings.books.outbox;
  for (let message = outbox.first; message !== 0; message = book.get(message).next) waiting.push(message);
  return waiting;
}

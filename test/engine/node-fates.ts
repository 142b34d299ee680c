/** What became of each node of a live run with one worker and one job, read from its records without the reducer. */
import { join } from "node:path";
import { readEventLog } from "../../src/engine/event-log-reader.ts";
import type { RunDocument } from "../../src/engine/run-document.ts";
import { BOOT_STATES, DISCONNECT_CAUSES, RECORD_KINDS, type RecordKind } from "../../src/measure/event-record.ts";
import { readRecords } from "../../src/measure/record-codec.ts";
import { fileOf } from "./small-runs.ts";

/** One time that a node had written an image and was about to run it. */
interface Trial {
  readonly node: number;
  /**
   * Overtaken: on a machine that is so late that a node asks once more between the update and its reboot, a second offer
   * makes it write into the slot that it is about to boot, as the firmware does; that slot does not boot, and the old
   * image goes on.
   */
  readonly end: "confirmed" | "given up" | "overtaken" | "open";
  /** While the new image ran unconfirmed: questions that it asked, those that were lost, and answers to anything. */
  readonly questionsAsked: number;
  readonly questionsLost: number;
  readonly answers: number;
}

/** What became of a node: of its trials, the one that was confirmed, or the last. A node whose backend refuses may have two. */
export interface Fates {
  readonly trials: readonly Trial[];
  /** Nodes by how they ended. */
  readonly confirmed: number;
  readonly givenUp: number;
  readonly overtaken: number;
}

/** By each node's own records. */
export function fatesOf(end: { readonly folder: string }): Fates {
  const nodes = recordsByNode(end).map(trialsOf);
  const ends = nodes.map((trials) => (trials.find(({ end: of }) => of === "confirmed") ?? trials.at(-1))?.end);
  const count = (wanted: Trial["end"]): number => ends.filter((of) => of === wanted).length;
  return {
    trials: nodes.flat(),
    confirmed: count("confirmed"),
    givenUp: count("given up"),
    overtaken: count("overtaken"),
  };
}

function trialsOf(records: readonly NodeRecord[], node: number): readonly Trial[] {
  return records.flatMap(({ kind }, applied) => {
    if (kind !== "image applied") return [];
    const isEnd = ({ kind: of }: NodeRecord): boolean => of === "confirmed" || of === "rolled back";
    const last = records.findIndex((record, place) => place > applied && isEnd(record));
    const all = records.slice(applied, last === -1 ? records.length : last + 1);
    const isTrial = ({ kind: of, detail }: NodeRecord): boolean =>
      of === "booted" && detail === BOOT_STATES.indexOf("pending-verify");
    const trial = all.slice(all.findIndex(isTrial));
    const off = all.findIndex(({ kind: of }) => of === "powered off");
    const isOvertaken = all.slice(0, off).some(({ kind: of }) => of === "download started");
    const count = (...kinds: readonly RecordKind[]): number =>
      trial.filter(({ kind: of }) => kinds.includes(of)).length;
    // The record of the answer stands beside that of what it confirms.
    const behind = (records[last + 1]?.kind ?? "").endsWith("acked") ? 1 : 0;
    const words = { confirmed: "confirmed", "rolled back": all.some(isTrial) ? "given up" : "overtaken" } as const;
    const ended = last === -1 ? undefined : words[records[last]?.kind as keyof typeof words];
    return [
      {
        node,
        end: ended === "overtaken" && !isOvertaken ? "open" : (ended ?? "open"),
        questionsAsked: count("fetch sent"),
        questionsLost: count("fetch lost"),
        answers: count("fetch acked", "report acked") + behind,
      },
    ];
  });
}

/** How each node's link stood when the last one had broken that the backend closed, and whether it came back. */
export function linksAfterKill(end: {
  readonly folder: string;
}): readonly { readonly lostBy: string; readonly cameBack: boolean }[] {
  const nodes = recordsByNode(end).map((records) =>
    records.filter(({ kind }) => kind === "connected" || kind === "disconnected"),
  );
  const closed = DISCONNECT_CAUSES.indexOf("backend closed");
  const killedAtUs = Math.max(
    ...nodes.flat().flatMap(({ kind, detail, atUs }) => (kind === "disconnected" && detail === closed ? [atUs] : [])),
  );
  return nodes.map((records) => {
    const before = records.filter(({ atUs }) => atUs <= killedAtUs).at(-1);
    const lostBy = before?.kind === "disconnected" ? (DISCONNECT_CAUSES[before.detail] ?? "") : "nothing";
    return { lostBy, cameBack: records.some(({ kind, atUs }) => kind === "connected" && atUs > killedAtUs) };
  });
}

interface NodeRecord {
  readonly kind: RecordKind;
  readonly atUs: number;
  readonly detail: number;
}

/** The records of the run's one worker, by node, in their order. */
function recordsByNode(end: { readonly folder: string }): readonly (readonly NodeRecord[])[] {
  const { run, scenario } = JSON.parse(fileOf(end, "run.json")) as RunDocument;
  const nodes: NodeRecord[][] = Array.from({ length: scenario.fleet.nodes }, () => []);
  readEventLog(join(end.folder, "events.log"), run, ({ shard, bytes }) => {
    if (shard !== 0) return;
    readRecords(bytes, {
      record: (kind, node, atUs, detail) =>
        void nodes[node]?.push({ kind: RECORD_KINDS[kind] as RecordKind, atUs, detail }),
    });
  });
  return nodes;
}

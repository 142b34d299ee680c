import { describe, expect, test } from "vitest";
import { readOffer } from "../../src/adapters/rainmaker/offer-message.ts";
import * as tables from "../fixtures/bad-input/offers.ts";
import { LoneNode } from "../node/lone-node.ts";

describe.each(Object.entries(tables))("%s: a node makes something of each, and never breaks", (_, table) => {
  test.each(table.map(([title, payload, outcome]) => ({ title, payload, outcome })))(
    "$title: $outcome",
    ({ payload, outcome }) => {
      const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;

      expect([outcomeOf(bytes), outcomeOf(bytes)]).toEqual([outcome, outcome]);
      expect("polluted" in {}).toBe(false);
    },
  );
});

/** What the node does within the moment, and what it says under which job. */
function outcomeOf(bytes: Uint8Array): string {
  const node = new LoneNode().online();
  node.offer(readOffer(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)));
  const ended = node.notes.find(({ kind }) => kind === "offer ended" || kind === "offer waits");
  const asked = node.wishes.find(([, wish]) => wish === "download");
  const begun = asked === undefined ? [] : [`asks for ${shown(node)}`];
  return [...(ended !== undefined && "reason" in ended ? [`${ended.kind}: ${ended.reason}`] : []), ...begun].join(", ");
}

function shown({ settings }: LoneNode): string {
  const { jobId = "", url = "", sizeBytes, version } = settings.books.offers.get(1);
  const cut = (text: string): string => (text.length > 40 ? `${text.length} characters` : text);
  return `${cut(url)} of ${sizeBytes} B as ${cut(version ?? "no version")} for ${cut(jobId)}`;
}

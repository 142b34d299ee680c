import { describe, expect, test } from "vitest";
import { SECOND_US } from "../../src/base/instant.ts";
import { LoneNode } from "./lone-node.ts";

const WINDOW = { startMinute: 600, endMinute: 660 };

describe("outbox", () => {
  test("what is not acknowledged is written again after a second, and again", () => {
    const lone = new LoneNode().online().offer({ window: WINDOW });

    lone.wait(2 * SECOND_US + 1);

    expect(lone.wished("send").map(([atUs]) => atUs)).toEqual([0, SECOND_US, 2 * SECOND_US]);
    expect(lone.said).toEqual(Array.from({ length: 3 }, () => "delayed: outside window"));
  });

  test("what is acknowledged is not written again", () => {
    const lone = new LoneNode().online().offer({ window: WINDOW }).acknowledge();

    lone.wait(4 * SECOND_US);

    expect(lone.wished("send")).toHaveLength(1);
    expect(lone.settings.books.outbox.size).toBe(0);
  });

  test("what is thirty seconds old is deleted without a word, and not a moment earlier", () => {
    const lone = new LoneNode().online().offer({ window: WINDOW });

    lone.wait(30 * SECOND_US - 1);
    expect(lone.noted("message lost")).toEqual([]);
    lone.wait(1);

    expect(lone.noted("message lost")).toMatchObject([{ why: "too old", atUs: 30 * SECOND_US }]);
    expect(lone.settings.books.outbox.size).toBe(0);
  });

  test("messages go out in the order in which they were made, also after a reconnect", () => {
    const lone = new LoneNode().online().fetchWhole();
    const made = ["attempt begins", "downloading", "downloaded"];

    lone
      .tell({ kind: "connection lost" })
      .wait(10 * SECOND_US)
      .tell({ kind: "connected" });

    expect(lone.said.slice(0, 3)).toEqual(made.map((reason) => `in-progress: ${reason}`));
    expect(lone.said.slice(-4)).toEqual([...made, "rebooting"].map((reason) => `in-progress: ${reason}`));
  });

  test("offline nothing is written, and all of it as soon as there is a link", () => {
    const lone = new LoneNode().online().tell({ kind: "connection lost" });
    lone.node.link.isListening = true;
    lone.offer({ window: WINDOW });

    lone.wait(9 * SECOND_US);
    expect(lone.wished("send")).toEqual([]);
    lone.wait(SECOND_US).tell({ kind: "connected" });

    expect(lone.wished("send").map(([atUs]) => atUs)).toEqual([10 * SECOND_US]);
  });

  test("an acknowledgement out of order takes out its own message", () => {
    const lone = new LoneNode().online().fetchWhole();
    const [first, second, third] = lone.wished("send").map(([, , , message]) => message as number);

    lone.tell({ kind: "acknowledged", message: second as number });
    lone.tell({ kind: "acknowledged", message: third as number });
    lone.wishes.length = 0;
    lone
      .tell({ kind: "connection lost" })
      .wait(10 * SECOND_US)
      .tell({ kind: "connected" });

    expect(lone.said).toContain("in-progress: attempt begins");
    expect(lone.said).not.toContain("in-progress: downloading");
    lone.tell({ kind: "acknowledged", message: first as number });
  });

  test("an acknowledgement of what is not there changes nothing", () => {
    const lone = new LoneNode().online().offer({ window: WINDOW });
    const before = lone.row;

    lone.tell({ kind: "acknowledged", message: 77 }, { kind: "message failed", message: 78 });

    expect(lone.row).toEqual(before);
  });

  test("a reset loses what lies in it", () => {
    const lone = new LoneNode().online().offer({ window: WINDOW });

    lone.tell({ kind: "power lost", gotBytes: 0 });

    expect(lone.noted("message lost")).toMatchObject([{ why: "power" }]);
    expect(lone.settings.books.outbox.size).toBe(0);
  });

  test("age and resending count wall time, whatever the speed of the fleet's clock", () => {
    const lone = new LoneNode({ fleetPerWall: 600 }).online().offer({ window: WINDOW });

    lone.wait(599 * SECOND_US);
    expect(lone.wished("send")).toHaveLength(1);
    lone.wait(SECOND_US);
    expect(lone.wished("send")).toHaveLength(2);
    lone.wait(29 * 600 * SECOND_US - 1);
    expect(lone.noted("message lost")).toEqual([]);
    lone.wait(1);
    expect(lone.noted("message lost")).toHaveLength(1);
  });

  test("a client that takes no more loses what is made, so many times", () => {
    const lone = new LoneNode().online().tell({ kind: "publishes refused", count: 2 });

    lone.fetchWhole();

    expect(lone.noted("not taken").map(({ entry }) => entry.reason)).toEqual(["attempt begins", "downloading"]);
    expect(lone.said).toEqual(["in-progress: downloaded"]);
  });
});

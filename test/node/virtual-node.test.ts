import fc from "fast-check";
import { Part } from "../../src/base/row.ts";
import { describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, NEVER, SECOND_US } from "../../src/base/instant.ts";
import type { NodeInput } from "../../src/node/inputs.ts";
import type { Offer } from "../../src/node/offer.ts";
import { VirtualNode } from "../../src/node/virtual-node.ts";
import { BIRTH, BOOT_US, IMAGE_BYTES, LoneNode, type LoneNodeOptions } from "./lone-node.ts";

describe("birth", () => {
  for (const begins of ["running", "off"] as const) {
    test(`of a node that begins ${begins} sets every byte of the row`, () => {
      const birth = { begins, bootAtUs: begins === "off" ? HOUR_US : -HOUR_US };

      const [zeros, ones] = [new LoneNode({ birth, fill: 0x00 }), new LoneNode({ birth, fill: 0xff })];

      // The bits behind the last flag of the row are nobody's.
      const unused = unusedBits();
      expect(zeros.row.map((byte, at) => byte & ~(unused[at] as number))).toEqual(
        ones.row.map((byte, at) => byte & ~(unused[at] as number)),
      );
      expect(zeros.node.deadlineUs).toBe(ones.node.deadlineUs);
    });
  }

  test("of a later node is that of a first one, whatever the first was born as and lived through", () => {
    const used = new LoneNode({ birth: { imageState: "new", isUp: false }, faults: ["slow-flash"] });
    used.node.born(BIRTH);
    const lived = new LoneNode({ birth: { begins: "off", bootAtUs: HOUR_US } }).wait(2 * HOUR_US).online();
    lived.fetchWhole().node.born(BIRTH);

    expect(used.row).toEqual(new LoneNode().row);
    expect(lived.row).toEqual(new LoneNode().row);
  });

  test("leaves a node of no more than 200 bytes", () => {
    expect(VirtualNode.bytes).toBeLessThanOrEqual(200);
  });

  test("of a running node sets no deadline but the network's and the period's", () => {
    expect(new LoneNode().node.deadlineUs).toBe(NEVER);
    expect(new LoneNode({ birth: { networkChangesAtUs: 9 } }).node.deadlineUs).toBe(9);
  });
});

describe("an update", () => {
  test("says each step, restarts after ten seconds, confirms on the connect, and says so before all else", () => {
    const lone = new LoneNode().online();

    lone.install();
    lone.wishes.length = 0;
    lone.tell({ kind: "connected" });

    expect(lone.said).toEqual(["success: verified"]);
    expect(lone.wishes.map(([, wish]) => wish)).toEqual(["send", "greet"]);
    expect(lone.noted("marked valid")).toHaveLength(1);
    expect(lone.node.power.state).toBe("valid");
  });

  test("says its steps in the firmware's order", () => {
    const lone = new LoneNode()
      .online()
      .fetchWhole()
      .wait(SECOND_US / 2);

    expect(lone.said).toEqual(
      ["attempt begins", "downloading", "downloaded", "rebooting"].map((reason) => `in-progress: ${reason}`),
    );
    expect(lone.noted("reboots")).toEqual([]);
    lone.wait(10 * SECOND_US);
    expect(lone.noted("reboots")).toMatchObject([{ why: "restart", atUs: 10.5 * SECOND_US }]);
  });

  test("whose image never connects is given up after ninety seconds, and the old image reports it", () => {
    const lone = new LoneNode().online().install();
    lone.tell({ kind: "connection refused" });

    for (let second = 0; second < 120; second++) lone.wait(SECOND_US).tell({ kind: "connection refused" });
    lone.wait(BOOT_US).tell({ kind: "connected" }, { kind: "started" });

    expect(lone.noted("marked invalid")).toHaveLength(1);
    expect(lone.noted("rolled back")).toHaveLength(1);
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
  });

  test("the ninety seconds stand still while a dial is outstanding", () => {
    const lone = new LoneNode({ cohort: { bootUs: () => BOOT_US } }).online().install();
    const bootedUs = lone.nowUs;

    // Dialling at once; the dial lapses after 10 s, and 10 s later the next begins.
    lone.wait(2 * MINUTE_US + 50 * SECOND_US);
    expect(lone.noted("marked invalid")).toEqual([]);
    lone.wait(MINUTE_US);

    const [given] = lone.noted("marked invalid");
    expect(((given?.atUs ?? 0) - bootedUs) / SECOND_US).toBeCloseTo(180, -0.5);
  });

  test("whose new image loses power before it is confirmed is undone", () => {
    const lone = new LoneNode().online().install();

    lone.tell({ kind: "power lost", gotBytes: 0 }, { kind: "booted" }).tell({ kind: "connected" }, { kind: "started" });

    expect(lone.noted("runs").map(({ state }) => state)).toEqual(["pending-verify", "valid"]);
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
  });

  test("of a node that is offline before its attempts fails all three at once, and asks again in five minutes", () => {
    const lone = new LoneNode({ birth: { networkChangesAtUs: SECOND_US }, cohort: { spellLengthUs: () => HOUR_US } });
    lone.online().wait(SECOND_US);
    lone.node.link.isListening = true;

    lone.offer();

    expect(lone.noted("attempt begun").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(lone.noted("attempts spent")).toMatchObject([{ asksAgain: true }]);
    expect(lone.noted("timer armed").at(-1)).toMatchObject({ timer: "fetch", ms: 300_000 });
  });

  test("in 1.5 has one attempt, and never asks again", () => {
    const lone = new LoneNode({ release: "1.5.7" }).online().offer();

    lone.tell({ kind: "transfer failed", step: "begin", gotBytes: 0, err: "ESP_FAIL", errno: 0 });

    expect(lone.noted("attempts spent")).toMatchObject([{ asksAgain: false }]);
    expect(lone.node.deadlineUs).toBeLessThan(30 * SECOND_US + 1);
  });

  test("a second offer in its middle is dropped without a word", () => {
    const lone = new LoneNode().online().offer().tell({ kind: "transfer begun" });
    const said = lone.said.length;

    lone.offer({ jobId: "job-2" });

    expect(lone.noted("offer dropped")).toMatchObject([{ why: "busy" }]);
    expect(lone.said).toHaveLength(said);
    expect(lone.settings.books.offers.size).toBe(1);
  });

  for (const [what, changes, reason] of [
    ["another project", { project: "kettle" }, "project mismatch"],
    ["the version that runs", { version: "1.4.2" }, "same version"],
    ["another chip", { suitsChip: false }, "chip mismatch"],
  ] as const) {
    test(`to an image of ${what} is rejected, once and for all`, () => {
      const lone = new LoneNode().online().offer();

      lone.tell({ kind: "transfer begun" }, { kind: "image head read", image: lone.image(changes) });

      expect(lone.said.at(-1)).toBe(`rejected: ${reason}`);
      expect(lone.wished("stop download")).not.toEqual([]);
      expect(lone.node.update.step).toBe("idle");
      expect(lone.settings.books.offers.size).toBe(0);
    });
  }

  test("to a lower secure version is rejected, to an equal one it is not", () => {
    const birth = { secureVersion: 2 };
    const below = new LoneNode({ birth }).online().offer();
    const equal = new LoneNode({ birth }).online().offer();

    below.tell({ kind: "transfer begun" }, { kind: "image head read", image: below.image({ secureVersion: 1 }) });
    equal.tell({ kind: "transfer begun" }, { kind: "image head read", image: equal.image({ secureVersion: 2 }) });

    expect(below.said.at(-1)).toBe("rejected: lower secure version");
    expect(equal.said.at(-1)).toBe("in-progress: downloading");
  });

  test("to an image that does not fit into the slot fails", () => {
    const lone = new LoneNode({ cohort: { slotBytes: IMAGE_BYTES - 1 } }).online().fetchWhole();

    expect(lone.said.at(-2)).toBe("failed: transfer failed");
  });
});

describe("a broken download", () => {
  const broken = { kind: "transfer failed", step: "body", err: "ESP_FAIL", errno: 113 } as const;

  test("goes on from the last whole KiB in the next attempt", () => {
    const lone = downloading();

    lone.tell({ ...broken, gotBytes: 50_000 });

    expect(lone.wished("download").at(-1)?.slice(3, 5)).toEqual([Math.floor(50_000 / 1_024) * 1_024, true]);
  });

  test("begins anew for another image, and where the offer has no identity", () => {
    const other = downloading().tell({ ...broken, gotBytes: 50_000 }, { ...broken, gotBytes: 50_000 });
    other.tell({ ...broken, gotBytes: 50_000 }).offer({ fileMd5: "f".repeat(32) });
    const nameless = downloading({}, { fileMd5: undefined }).tell({ ...broken, gotBytes: 50_000 });

    expect(other.wished("download").at(-1)?.slice(3, 5)).toEqual([0, false]);
    expect(nameless.wished("download").at(-1)?.slice(3, 5)).toEqual([0, false]);
  });

  test("goes on after a power loss as well", () => {
    const lone = downloading().tell({ kind: "power lost", gotBytes: 70_000 }, { kind: "booted" });

    lone.tell({ kind: "connected" }, { kind: "started" }).offer();

    expect(lone.wished("download").at(-1)?.[3]).toBe(Math.floor(70_000 / 1_024) * 1_024);
  });

  test("boots by itself where it is known when power comes back", () => {
    const lone = downloading();
    const backAtUs = lone.nowUs + MINUTE_US;

    lone.tell({ kind: "power lost", gotBytes: 70_000, backAtUs });

    expect(lone.node.power.isOn).toBe(false);
    expect(lone.node.deadlineUs).toBe(backAtUs + BOOT_US);
    expect(lone.wait(MINUTE_US + BOOT_US).node.power.isOn).toBe(true);
  });

  test("that was about to boot waits for the power as well", () => {
    const lone = downloading();
    const firstUs = lone.nowUs + MINUTE_US;
    lone.tell({ kind: "power lost", gotBytes: 0, backAtUs: firstUs });

    lone.tell({ kind: "power lost", gotBytes: 0, backAtUs: firstUs + MINUTE_US });

    expect(lone.node.deadlineUs).toBe(firstUs + MINUTE_US + BOOT_US);
  });

  test("asks for the whole where the server would not give a part", () => {
    const lone = downloading().tell({ ...broken, gotBytes: 50_000 }, { kind: "range refused" });

    expect(lone.wished("download").at(-1)?.slice(3, 5)).toEqual([0, false]);
    expect(lone.node.update.attempt).toBe(2);
  });

  test("never resumes before 1.7.2", () => {
    const lone = downloading({ release: "1.6.4" }).tell({ ...broken, gotBytes: 50_000 });

    expect(lone.wished("download").at(-1)?.slice(3, 5)).toEqual([0, false]);
  });

  test("keeps the damage of what was written before it", () => {
    const lone = downloading({ faults: ["corrupt-block"] }).tell({ kind: "bytes reached", gotBytes: 99_999 });

    lone.tell({ ...broken, gotBytes: 99_999 }, { kind: "transfer begun" });
    lone.tell({ kind: "image head read", image: lone.image() });
    lone.tell({ kind: "transfer ended", gotBytes: IMAGE_BYTES, isComplete: true, isIntact: true }).wait(SECOND_US);

    expect(lone.said).toContain("failed: validation failed");
    expect(lone.noted("boot slot set")).toEqual([]);
  });

  test("of an image for another chip, with nothing kept, does not pass over the check of the chip", () => {
    const lone = new LoneNode({ faults: ["lost-status"] }).online();

    for (const round of [1, 2]) {
      lone.offer().tell({ kind: "transfer begun" });
      lone.tell({ kind: "image head read", image: lone.image({ suitsChip: false }) });

      expect(lone.noted("offer ended"), `round ${round}`).toHaveLength(round);
    }
  });
});

describe("a node that is off", () => {
  test("hears nothing, and gives back the offers that come", () => {
    const lone = new LoneNode().online().tell({ kind: "power lost", gotBytes: 0 });
    const before = lone.row;

    lone.offer().tell({ kind: "connected" }, { kind: "started" }, { kind: "acknowledged", message: 3 });

    expect(lone.row).toEqual(before);
    expect(lone.settings.books.offers.size).toBe(0);
  });

  test("whose power is lost at any step of an update runs an image when it is back, and can update", () => {
    const image = 2;
    const steps: readonly ((lone: LoneNode) => void)[] = [
      (lone) => lone.offer(),
      (lone) => lone.tell({ kind: "transfer begun" }),
      (lone) => lone.tell({ kind: "image head read", image }),
      (lone) => lone.tell({ kind: "bytes reached", gotBytes: 4_096 }),
      (lone) => lone.tell({ kind: "transfer ended", gotBytes: IMAGE_BYTES, isComplete: true, isIntact: true }),
      (lone) => lone.wait(SECOND_US / 2),
      (lone) => lone.wait(10 * SECOND_US),
      (lone) => lone.wait(BOOT_US),
      (lone) => lone.tell({ kind: "connected" }),
      (lone) => lone.tell({ kind: "started" }),
    ];
    for (let cut = 0; cut <= steps.length; cut++) {
      const lone = new LoneNode().online();
      expect(lone.image()).toBe(image);
      for (const step of steps.slice(0, cut)) step(lone);

      lone.tell({ kind: "power lost", gotBytes: 4_096 }, { kind: "booted" }).wait(BOOT_US);
      lone.tell({ kind: "connected" }, { kind: "started" });
      const isNew = lone.node.runningImage !== 1;
      if (!isNew) lone.acknowledge().install(image).tell({ kind: "connected" });

      expect(lone.node.power.isBricked, `cut after ${cut}`).toBe(false);
      expect(lone.node.power.state, `cut after ${cut}`).toBe("valid");
      expect(lone.settings.books.images.get(lone.node.runningImage).version).toBe("2.0.0");
    }
  });
});

describe("replay", () => {
  test("of a node's trace gives the same wishes, notes and row, whatever its life was", () => {
    fc.assert(
      fc.property(
        fc.array(STEP, { maxLength: 60 }),
        fc.constantFrom("1.16", "1.7.2", "1.6.0", "1.5.7"),
        (steps, release) => {
          const options: LoneNodeOptions = {
            release,
            faults: ["power-loss-in-write"],
            build: { autofetchPeriodMs: 60_000 },
          };
          const lived = new LoneNode(options);
          const image = lived.image();
          for (const step of steps) live(lived, step, image);

          const replayed = new LoneNode({ ...options, fill: 0 });
          replayed.image();
          for (const [atUs, input] of lived.trace) {
            replayed.nowUs = atUs;
            if (input.kind === "offered") replayed.settings.books.offers.add(OFFER_OF_STEP);
            replayed.tell(input);
          }

          expect(replayed.wishes).toEqual(lived.wishes);
          expect(replayed.notes).toEqual(lived.notes);
          expect(replayed.row).toEqual(lived.row);
        },
      ),
    );
  });

  test("a deadline is never behind the last input, and no input leaves one due for ever", () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
        const lone = new LoneNode({ build: { autofetchPeriodMs: 60_000 } });
        const image = lone.image();
        for (const step of steps) {
          live(lone, step, image);
          lone.wait(0);

          expect(lone.node.deadlineUs).toBeGreaterThan(lone.nowUs);
          if (lone.node.deadlineUs !== NEVER) expect(lone.node.deadlineReason).not.toBe("unknown");
        }
      }),
    );
  });
});

const OFFER_OF_STEP = {
  flaw: undefined,
  jobId: "job-1",
  url: "https://images/2.bin",
  fileMd5: "0123456789abcdef0123456789abcdef",
  streamId: undefined,
  sizeBytes: IMAGE_BYTES,
  version: "2.0.0",
  validity: undefined,
  window: undefined,
  metadata: undefined,
};

type Step = number | "offer" | "head" | "acknowledge" | NodeInput;

/** A wait in milliseconds, or something that happens, at a good moment or at a bad one. */
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(30_000) },
  { weight: 2, arbitrary: fc.constantFrom<Step>("offer", "head", "acknowledge") },
  {
    weight: 6,
    arbitrary: fc.constantFrom<NodeInput>(
      { kind: "released" },
      { kind: "connected" },
      { kind: "started" },
      { kind: "connection lost" },
      { kind: "connection refused" },
      { kind: "booted" },
      { kind: "power lost", gotBytes: 5_000 },
      { kind: "transfer begun" },
      { kind: "range refused" },
      { kind: "bytes reached", gotBytes: 30_000 },
      { kind: "transfer ended", gotBytes: IMAGE_BYTES, isComplete: true, isIntact: true },
      { kind: "transfer ended", gotBytes: IMAGE_BYTES, isComplete: true, isIntact: false },
      { kind: "transfer failed", step: "body", gotBytes: 20_000, err: "ESP_FAIL", errno: 113 },
      { kind: "app called", call: "fetch" },
      { kind: "app called", call: "mark invalid" },
      { kind: "publishes refused", count: 1 },
    ),
  },
);

function live(lone: LoneNode, step: Step, image: number): void {
  if (typeof step === "number") lone.wait(step * 1_000);
  else if (step === "offer") lone.offer();
  else if (step === "acknowledge") lone.acknowledge();
  else if (step === "head") lone.tell({ kind: "image head read", image });
  else lone.tell(step);
}

/** A node in mid-transfer, its head read. */
function downloading(options: LoneNodeOptions = {}, offer: Partial<Offer> = {}): LoneNode {
  const lone = new LoneNode(options).online().offer(offer);
  return lone.tell({ kind: "transfer begun" }, { kind: "image head read", image: lone.image() });
}

/** Which bits of a row no field has: those that are left when every field is set to nothing. */
function unusedBits(): number[] {
  const lone = new LoneNode({ fill: 0xff });
  const parts = Object.values(lone.node).filter((part) => part instanceof Part);
  for (const part of parts) {
    for (const [name, value] of Object.entries((part as Part & { toJSON(): Record<string, unknown> }).toJSON())) {
      // A field of words shows none there, and takes what is none of them for its first.
      const nothing = typeof value === "boolean" ? false : typeof value === "number" ? 0 : undefined;
      Object.assign(part, { [name]: nothing });
    }
  }
  return [...lone.row];
}

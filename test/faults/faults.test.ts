import { describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, NEVER, SECOND_US } from "../../src/base/instant.ts";
import { FAULT_NAMES, type FaultName } from "../../src/faults/fault-names.ts";
import { FAULTS } from "../../src/faults/faults.ts";
import { IMAGE_BORNE_FAULTS } from "../../src/faults/image-borne.ts";
import { BOOT_US, IMAGE_BYTES, LoneNode } from "../node/lone-node.ts";

test("every fault stands at the place of its name, and tells people what it does in one sentence", () => {
  expect(FAULTS.map(({ name }) => name)).toEqual([...FAULT_NAMES]);
  for (const { about } of FAULTS) expect(about).toMatch(/^[A-Z].*\.$/);
});

test("a fault's number is its bit in a mask of sixteen, and stands in event logs for ever", () => {
  expect(FAULT_NAMES.length).toBeLessThanOrEqual(16);
  expect(FAULT_NAMES.slice(0, 8)).toEqual([
    "boot-loop",
    "self-test-fails",
    "no-network-after-update",
    "power-loss-in-write",
    "corrupt-block",
    "slow-flash",
    "wrong-image",
    "lost-status",
  ]);
});

describe("boot-loop", () => {
  test("crashes the new image at its one boot, and the old one reports the roll-back", () => {
    const lone = afflicted("boot-loop").install().wait(BOOT_US);

    lone.tell({ kind: "connected" }, { kind: "started" });

    expect(lone.noted("powered off").map(({ why }) => why)).toEqual(["restart", "crash"]);
    expect(lone.noted("runs").map(({ state }) => state)).toEqual(["pending-verify", "valid"]);
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
    expect(fired(lone)).toEqual(["boot-loop"]);
  });
});

describe("self-test-fails", () => {
  test("condemns the new image once it has connected", () => {
    const lone = afflicted("self-test-fails").install();
    expect(fired(lone)).toEqual([]);

    lone.tell({ kind: "connected" }).wait(BOOT_US).tell({ kind: "connected" }, { kind: "started" });

    expect(lone.noted("marked invalid")).toHaveLength(1);
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
    expect(fired(lone)).toEqual(["self-test-fails"]);
  });
});

describe("no-network-after-update", () => {
  test("lets the new image dial never, and gives it up after ninety seconds", () => {
    const lone = afflicted("no-network-after-update").install();
    const dials = lone.wished("connect").length;

    lone.wait(90 * SECOND_US);

    expect(lone.wished("connect")).toHaveLength(dials);
    expect(lone.noted("marked invalid")).toHaveLength(1);
    lone.wait(BOOT_US).tell({ kind: "connected" }, { kind: "started" });
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
  });
});

describe("power-loss-in-write", () => {
  test("strikes once, at a byte of the download, and the node is back after a minute", () => {
    const lone = downloading("power-loss-in-write");
    const atBytes = lone.wished("download").at(-1)?.[5] as number;
    expect(atBytes).toBeGreaterThan(1_024);
    expect(atBytes).toBeLessThan(IMAGE_BYTES);

    lone.tell({ kind: "bytes reached", gotBytes: atBytes });
    expect(lone.node.power.isOn).toBe(false);
    lone.wait(MINUTE_US + BOOT_US);
    expect(lone.node.power.isOn).toBe(true);

    lone.tell({ kind: "connected" }, { kind: "started" }).offer();
    expect(lone.wished("download").at(-1)?.[5]).toBeGreaterThan(IMAGE_BYTES);
    expect(fired(lone)).toEqual(["power-loss-in-write"]);
  });
});

describe("corrupt-block", () => {
  test("lets the image fail its verification, and the next attempt is good", () => {
    const lone = downloading("corrupt-block");
    lone.tell({ kind: "bytes reached", gotBytes: lone.wished("download").at(-1)?.[5] as number });

    finish(lone);
    expect(lone.said.slice(-2)).toEqual(["failed: validation failed", "in-progress: attempt begins"]);

    lone.tell({ kind: "transfer begun" }, { kind: "image head read", image: lone.image() });
    finish(lone);
    expect(lone.said).toContain("in-progress: rebooting");
    expect(fired(lone)).toEqual(["corrupt-block"]);
  });
});

describe("slow-flash", () => {
  test("writes at a tenth of the cohort's speed", () => {
    const pace = (faults: readonly FaultName[]): unknown =>
      new LoneNode({ faults, birth: { throughputBytesPerSecond: 1e6, flashBytesPerSecond: 80_000 } })
        .online()
        .offer()
        .wished("download")
        .at(-1)?.[6];

    expect(pace([])).toBe(80_000);
    expect(pace(["slow-flash"])).toBe(8_000);
  });
});

describe("wrong-image", () => {
  test("rejects every offer after the head, each time anew", () => {
    const lone = afflicted("wrong-image");

    for (const round of [1, 2]) {
      lone.offer().tell({ kind: "transfer begun" }, { kind: "image head read", image: lone.image() });

      expect(
        lone.said.filter((said) => said === "rejected: project mismatch"),
        `round ${round}`,
      ).toHaveLength(round);
    }
  });
});

describe("lost-status", () => {
  test("swallows the final report, and no other", () => {
    const lone = afflicted("lost-status").install().tell({ kind: "connected" }, { kind: "started" });

    expect(lone.node.power.state).toBe("valid");
    expect(lone.said).toContain("in-progress: rebooting");
    expect(lone.said.filter((said) => said.startsWith("success"))).toEqual([]);
    expect(fired(lone)).toEqual(["lost-status"]);
  });
});

describe("brick", () => {
  test("ends the node at the new image's first boot, for good", () => {
    const lone = afflicted("brick").install();

    lone.wait(HOUR_US).tell({ kind: "booted" });

    expect(lone.node.power.isBricked).toBe(true);
    expect(lone.node.deadlineUs).toBe(NEVER);
    expect(lone.noted("bricked")).toHaveLength(1);
    expect(lone.noted("runs")).toHaveLength(1);
    expect(fired(lone)).toEqual(["brick"]);
  });
});

describe("a fault that an image carries", () => {
  test("strikes on its hardware as a node's own would, is drawn at that boot, and gone with the next version", () => {
    const lone = onRevB();

    lone.install(faulty(lone, "boot-loop")).wait(BOOT_US);
    expect(lone.noted("powered off").map(({ why }) => why)).toEqual(["restart", "crash"]);
    lone.tell({ kind: "connected" }, { kind: "started" });
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
    expect(drawn(lone)).toEqual(["boot-loop"]);
    expect(fired(lone)).toEqual(["boot-loop"]);

    lone.install(lone.image({ version: "2.0.1" })).tell({ kind: "connected" }, { kind: "started" });
    expect(lone.said.at(-1)).toBe("success: verified");
    expect(drawn(lone)).toEqual(["boot-loop"]);
  });

  test("leaves nodes of other hardware alone", () => {
    const lone = new LoneNode({ cohort: { hardware: "rev-a" } }).online();

    lone.install(faulty(lone, "boot-loop")).tell({ kind: "connected" }, { kind: "started" });

    expect(lone.said.at(-1)).toBe("success: verified");
    expect([...drawn(lone), ...fired(lone)]).toEqual([]);
  });

  test.each([...IMAGE_BORNE_FAULTS])("that is %s fires where the same fault of a node fires", (fault) => {
    const own = lived(new LoneNode({ faults: [fault] }));
    const carried = onRevB();
    lived(carried, faulty(carried, fault));

    expect(fired(own)).toEqual([fault]);
    expect(fired(carried)).toEqual([fault]);
    expect(carried.said).toEqual(own.said);
    expect(carried.node.power.isBricked).toBe(own.node.power.isBricked);
  });

  test("comes only with the image that carries it: a node that never booted it has drawn nothing", () => {
    const lone = onRevB();

    lone.fetchWhole(faulty(lone, "boot-loop"));

    expect(drawn(lone)).toEqual([]);
  });
});

describe("a boot loop that an image hides", () => {
  test("ends a confirmed node for good once the image has run for so long", () => {
    const lone = onRevB();
    lone.install(faulty(lone, "boot-loop", HOUR_US)).tell({ kind: "connected" }, { kind: "started" });
    expect(lone.said.at(-1)).toBe("success: verified");

    lone.wait(lone.node.power.bootedAtUs + HOUR_US - lone.nowUs - 1);
    expect(lone.node.power.isBricked).toBe(false);
    lone.wait(1);

    expect(lone.node.power.isBricked).toBe(true);
    expect(lone.noted("powered off").at(-1)?.why).toBe("crash");
    expect(drawn(lone)).toEqual(["boot-loop"]);
    expect(fired(lone)).toEqual(["boot-loop"]);
  });

  test("is rolled back where it comes before the image is confirmed", () => {
    const lone = onRevB();

    lone.install(faulty(lone, "boot-loop", 30 * SECOND_US)).wait(30 * SECOND_US + BOOT_US);
    lone.tell({ kind: "connected" }, { kind: "started" });

    expect(lone.node.power.isBricked).toBe(false);
    expect(lone.said.at(-1)).toBe("rejected: rolled back");
    expect(fired(lone)).toEqual(["boot-loop"]);
  });

  test("waits as long again after every restart", () => {
    const lone = onRevB();
    lone.install(faulty(lone, "boot-loop", HOUR_US)).tell({ kind: "connected" }, { kind: "started" });

    lone.wait(50 * MINUTE_US).tell({ kind: "power lost", gotBytes: 0, backAtUs: lone.nowUs + MINUTE_US });
    lone.wait(58 * MINUTE_US);

    expect(lone.node.power.isOn).toBe(true);
    expect(fired(lone)).toEqual([]);
  });

  test("does not keep the node from the update that cures it", () => {
    const lone = onRevB();
    lone.install(faulty(lone, "boot-loop", HOUR_US)).tell({ kind: "connected" }, { kind: "started" });

    lone.install(lone.image({ version: "2.0.1" })).tell({ kind: "connected" }, { kind: "started" });
    lone.wait(2 * HOUR_US);

    expect(lone.said.at(-1)).toBe("success: verified");
    expect(lone.node.power.isBricked).toBe(false);
    expect(fired(lone)).toEqual([]);
  });

  test("that comes when the cure is written but not booted boots the cure", () => {
    const lone = onRevB();
    lone.install(faulty(lone, "boot-loop", HOUR_US)).tell({ kind: "connected" }, { kind: "started" });
    lone.wait(HOUR_US - 5 * SECOND_US);

    lone.fetchWhole(lone.image({ version: "2.0.1" })).wait(5 * SECOND_US + BOOT_US);
    lone.tell({ kind: "connected" }, { kind: "started" });

    expect(lone.said.at(-1)).toBe("success: verified");
    expect(lone.node.power.isBricked).toBe(false);
    expect(fired(lone)).toEqual(["boot-loop"]);
  });
});

function onRevB(): LoneNode {
  return new LoneNode({ cohort: { hardware: "rev-b" } }).online();
}

function faulty(lone: LoneNode, fault: FaultName, afterUs = 0): number {
  return lone.image({ faults: [{ fault: FAULT_NAMES.indexOf(fault), hardware: "rev-b", share: 1, afterUs }] });
}

/** An update as far as it goes, and what the node says afterwards. */
function lived(lone: LoneNode, image = lone.image()): LoneNode {
  reach(lone.online().install(image));
  return reach(lone.wait(100 * SECOND_US));
}

/** Lets it connect if it dials within half a minute. */
function reach(lone: LoneNode): LoneNode {
  for (let seconds = 0; seconds < 30 && !lone.node.link.isDialling; seconds++) lone.wait(SECOND_US);
  if (lone.node.link.isDialling) lone.tell({ kind: "connected" });
  const { link, power } = lone.node;
  return link.isConnected && !power.isStarted ? lone.tell({ kind: "started" }) : lone;
}

function drawn(lone: LoneNode): (string | undefined)[] {
  return lone.noted("fault drawn").map(({ fault }) => FAULT_NAMES[fault]);
}

function afflicted(...faults: readonly FaultName[]): LoneNode {
  return new LoneNode({ faults }).online();
}

function downloading(fault: FaultName): LoneNode {
  const lone = afflicted(fault).offer();
  return lone.tell({ kind: "transfer begun" }, { kind: "image head read", image: lone.image() });
}

function finish(lone: LoneNode): void {
  lone.tell({ kind: "transfer ended", gotBytes: IMAGE_BYTES, isComplete: true, isIntact: true }).wait(SECOND_US / 2);
}

function fired(lone: LoneNode): (string | undefined)[] {
  return lone.noted("fault fired").map(({ fault }) => FAULT_NAMES[fault]);
}

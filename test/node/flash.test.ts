import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { row } from "../../src/base/row.ts";
import { Flash, OTA_STATES } from "../../src/node/flash.ts";

class FlashRow extends row({ flash: Flash }) {}
/** Images by number: the secure version of each. */
const SECURE = [0, 0, 0, 1];
const [OLD, NEW, SAFER] = [1, 2, 3];
const secureVersionOf = (image: number): number => SECURE[image] as number;

describe("flash", () => {
  test("a fresh node boots slot 0, again and again", () => {
    const flash = born();

    expect(boot(flash)).toEqual({ slot: 0, state: "valid" });
    expect(boot(flash)).toEqual({ slot: 0, state: "valid" });
  });

  test("a new image gets one boot: confirmed it stays", () => {
    const flash = updated();

    expect(boot(flash)).toEqual({ slot: 1, state: "pending-verify" });
    flash.mark("valid", 0);
    expect(boot(flash)).toEqual({ slot: 1, state: "valid" });
  });

  test("a new image gets one boot: after a reset without a word the old one runs, for good", () => {
    const flash = updated();
    boot(flash);

    expect(boot(flash)).toEqual({ slot: 0, state: "valid" });
    expect([flash.state0, flash.state1]).toEqual(["valid", "aborted"]);
    expect(boot(flash)).toEqual({ slot: 0, state: "valid" });
  });

  test("a new image that marks itself invalid is left at the next boot", () => {
    const flash = updated();
    boot(flash);
    flash.mark("invalid", 0);

    expect(boot(flash)).toEqual({ slot: 0, state: "valid" });
    expect(flash.state1).toBe("invalid");
  });

  test("with both copies invalid or aborted it boots slot 0 without a state, and the other where that is no image", () => {
    for (const state of ["invalid", "aborted"] as const) {
      const flash = updated();
      flash.setCopy(0, 1, state);
      flash.setCopy(1, 2, state);

      expect(boot(flash)).toEqual({ slot: 0, state: "undefined" });
      flash.setSlot(0, OLD, 0, true);
      expect(boot(flash)).toEqual({ slot: 1, state: "undefined" });
    }
  });

  test("of two usable copies the higher sequence counts, and of equal ones the first", () => {
    const flash = updated();
    flash.setCopy(0, 5, "valid");
    flash.setCopy(1, 4, "valid");
    expect(boot(flash)?.slot).toBe(0);

    flash.setCopy(1, 6, "valid");
    expect(boot(flash)?.slot).toBe(1);

    flash.setCopy(0, 2, "valid");
    flash.setCopy(1, 2, "undefined");
    expect(boot(flash)).toEqual({ slot: 1, state: "valid" });
  });

  test("an active slot that is damaged is passed over for the other", () => {
    const flash = updated();
    flash.setSlot(1, NEW, 100, true);

    expect(boot(flash)).toEqual({ slot: 0, state: "undefined" });
  });

  test("with no bootable image the node is bricked", () => {
    const flash = updated();
    flash.setSlot(0, OLD, 100, true);
    flash.setSlot(1, 0, 0, false);

    expect(boot(flash)).toBeUndefined();
  });

  test("confirming burns the secure version, and what is below does not boot any more", () => {
    const flash = updated(SAFER);
    boot(flash);
    flash.mark("valid", secureVersionOf(SAFER));

    expect(flash.secureVersion).toBe(1);
    flash.setSlot(1, SAFER, 100, true);
    expect(boot(flash)).toBeUndefined();
  });

  test("condemning burns nothing, and a lower secure version takes nothing back", () => {
    const flash = updated(SAFER);
    boot(flash);
    flash.mark("invalid", secureVersionOf(SAFER));
    expect(flash.secureVersion).toBe(0);

    flash.secureVersion = 4;
    boot(flash);
    flash.mark("valid", 2);
    expect(flash.secureVersion).toBe(4);
  });

  test("an image below the burnt secure version is passed over for the old one", () => {
    const flash = updated(NEW);
    flash.secureVersion = 1;
    flash.setSlot(0, SAFER, 100, false);

    expect(boot(flash)).toEqual({ slot: 0, state: "undefined" });
  });

  test("beginning to write erases the copy that points to the slot, and only that", () => {
    const flash = updated();
    boot(flash);
    flash.mark("valid", 0);

    expect(flash.beginWrite(1)).toBe(0);

    expect([flash.sequence0, flash.state0]).toEqual([0, "undefined"]);
    expect(boot(flash)).toEqual({ slot: 1, state: "valid" });
  });

  test("updates go to and fro between the slots, each with the next sequence", () => {
    const flash = born();
    for (let update = 1; update <= 6; update++) {
      const running = boot(flash)?.slot ?? 0;
      const target = flash.beginWrite(running);
      flash.setSlot(target, NEW, 100, false);
      flash.setBoot(target, true);

      expect(boot(flash)).toEqual({ slot: update % 2, state: "pending-verify" });
      flash.mark("valid", 0);
      expect(Math.max(flash.sequence0, flash.sequence1)).toBe(update + 1);
    }
  });

  test("without rollback a new image stays without a word", () => {
    const flash = born();
    flash.setSlot(1, NEW, 100, false);
    flash.setBoot(1, false);

    expect(boot(flash)).toEqual({ slot: 1, state: "undefined" });
    expect(boot(flash)).toEqual({ slot: 1, state: "undefined" });
  });

  test("with power lost between any two steps of an update, a node with a good old image always boots", () => {
    const steps: readonly ((flash: Flash) => void)[] = [
      (flash) => void flash.beginWrite(0),
      (flash) => flash.setSlot(1, NEW, 10, true),
      (flash) => flash.setSlot(1, NEW, 100, false),
      (flash) => flash.setBoot(1, true),
      (flash) => void boot(flash),
      (flash) => flash.mark("valid", 0),
    ];
    for (let cut = 0; cut <= steps.length; cut++) {
      const flash = born();
      for (const step of steps.slice(0, cut)) step(flash);

      const chosen = boot(flash);

      expect(chosen, `cut after step ${cut}`).toBeDefined();
      // New only once it was set to boot; kept only once it was confirmed.
      expect(chosen?.slot, `cut after step ${cut}`).toBe(cut === 4 || cut === 6 ? 1 : 0);
      expect(flash.isDamagedIn(chosen?.slot ?? 0)).toBe(false);
    }
  });

  test("whatever the copies say, what boots is whole, secure enough, and each copy is pending at most once", () => {
    const state = fc.constantFrom(...OTA_STATES);
    const copy = fc.tuple(fc.nat(6), state);
    const slot = fc.tuple(fc.constantFrom(0, OLD, NEW, SAFER), fc.boolean());
    fc.assert(
      fc.property(copy, copy, slot, slot, fc.nat(1), (copy0, copy1, slot0, slot1, eFuse) => {
        const flash = new FlashRow(new ArrayBuffer(FlashRow.bytes)).flash;
        flash.setCopy(0, ...copy0);
        flash.setCopy(1, ...copy1);
        flash.setSlot(0, slot0[0], 100, slot0[1]);
        flash.setSlot(1, slot1[0], 100, slot1[1]);
        flash.secureVersion = eFuse;

        const chosen = boot(flash);
        const heeded = flash.activeCopy;

        const bootable = ([0, 1] as const).filter((number) => {
          const image = flash.imageIn(number);
          return image !== 0 && !flash.isDamagedIn(number) && secureVersionOf(image) >= eFuse;
        });
        expect(chosen === undefined).toBe(bootable.length === 0);
        if (chosen === undefined) return;
        expect(bootable).toContain(chosen.slot);
        if (chosen.state !== "pending-verify") return;
        // The one attempt was this boot. Should the other copy be new as well, it has an attempt of its own, and then none.
        boot(flash);
        expect(flash.stateOf(heeded as 0 | 1)).toBe("aborted");
        expect(boot(flash)?.state).not.toBe("pending-verify");
      }),
    );
  });
});

function born(): Flash {
  const { flash } = new FlashRow(new ArrayBuffer(FlashRow.bytes));
  flash.born(OLD, 100, "valid", 0);
  return flash;
}

/** Another image lies in slot 1 and is set to boot. */
function updated(image: number = NEW): Flash {
  const flash = born();
  flash.beginWrite(0);
  flash.setSlot(1, image, 100, false);
  flash.setBoot(1, true);
  return flash;
}

function boot(flash: Flash): ReturnType<Flash["boot"]> {
  return flash.boot(secureVersionOf);
}

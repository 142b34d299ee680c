/**
 * The node's flash: two OTA slots and the two otadata copies that say which boots. A slot is an image's identity,
 * how much of it is there, and whether it is damaged; never bytes.
 * Source of every rule here: ESP-IDF app_update/esp_ota_ops.c and bootloader_support (bootloader_utility.c,
 * bootloader_common_loader.c), as read in July 2026.
 */
import { oneOf, struct, u8, u16, u32, bool } from "../base/row.ts";

export const OTA_STATES = ["new", "pending-verify", "valid", "invalid", "aborted", "undefined"] as const;
export type OtaState = (typeof OTA_STATES)[number];

/** An OTA slot: 0 or 1. */
export type SlotNumber = 0 | 1;

export class Flash extends struct({
  image0: u16,
  image1: u16,
  /** Bytes in the slot that was written last. */
  written: u32,
  isDamaged0: bool,
  isDamaged1: bool,
  /** Sequence numbers of the otadata copies; 0 = erased. */
  sequence0: u16,
  sequence1: u16,
  state0: oneOf(OTA_STATES),
  state1: oneOf(OTA_STATES),
  /** Secure version burned into the eFuse. */
  secureVersion: u8,
}) {
  imageIn(slot: SlotNumber): number {
    return slot === 0 ? this.image0 : this.image1;
  }

  isDamagedIn(slot: SlotNumber): boolean {
    return slot === 0 ? this.isDamaged0 : this.isDamaged1;
  }

  setSlot(slot: SlotNumber, image: number, writtenBytes: number, isDamaged: boolean): void {
    this.written = writtenBytes;
    if (slot === 0) {
      this.image0 = image;
      this.isDamaged0 = isDamaged;
    } else {
      this.image1 = image;
      this.isDamaged1 = isDamaged;
    }
  }

  /** The copy that the bootloader heeds: usable, and of the higher sequence; -1 = none is usable. */
  get activeCopy(): 0 | 1 | -1 {
    const first = isUsable(this.sequence0, this.state0);
    const second = isUsable(this.sequence1, this.state1);
    if (first && second) return this.sequence0 >= this.sequence1 ? 0 : 1;
    return first ? 0 : second ? 1 : -1;
  }

  /** The slot that otadata names for the next boot; whether its image boots, only a boot tells. */
  get nextSlot(): SlotNumber {
    const copy = this.activeCopy;
    return copy === -1 ? 0 : slotOf(this.sequenceOf(copy));
  }

  sequenceOf(copy: 0 | 1): number {
    return copy === 0 ? this.sequence0 : this.sequence1;
  }

  stateOf(copy: 0 | 1): OtaState {
    return copy === 0 ? this.state0 : this.state1;
  }

  setCopy(copy: 0 | 1, sequence: number, state: OtaState): void {
    if (copy === 0) {
      this.sequence0 = sequence;
      this.state0 = state;
    } else {
      this.sequence1 = sequence;
      this.state1 = state;
    }
  }

  /** What a fresh node has: its image in slot 0, said by copy 0, and nothing else. */
  born(image: number, imageBytes: number, state: OtaState, secureVersion: number): void {
    this.setSlot(0, image, imageBytes, false);
    this.setSlot(1, 0, 0, false);
    this.setCopy(0, 1, state);
    this.setCopy(1, 0, "undefined");
    this.secureVersion = secureVersion;
  }

  /**
   * The bootloader's choice. A copy that is still pending is aborted first: one boot attempt and no more. Then the
   * active copy's slot, or the other one where its image cannot boot. `undefined`: nothing boots, the node is bricked.
   */
  boot(
    secureVersionOf: (image: number) => number,
  ): { readonly slot: SlotNumber; readonly state: OtaState } | undefined {
    for (const copy of [0, 1] as const) {
      if (this.stateOf(copy) === "pending-verify" && this.sequenceOf(copy) > 0) {
        this.setCopy(copy, this.sequenceOf(copy), "aborted");
      }
    }
    const copy = this.activeCopy;
    const first: SlotNumber = copy === -1 ? 0 : slotOf(this.sequenceOf(copy));
    for (const slot of [first, other(first)]) {
      const image = this.imageIn(slot);
      const boots = image !== 0 && !this.isDamagedIn(slot) && secureVersionOf(image) >= this.secureVersion;
      if (!boots) continue;
      if (copy === -1 || slot !== first) return { slot, state: "undefined" };
      if (this.stateOf(copy) === "new") this.setCopy(copy, this.sequenceOf(copy), "pending-verify");
      return { slot, state: this.stateOf(copy) };
    }
    return undefined;
  }

  /** Where an update of the image that runs in `running` goes, begun: the inactive copy is erased if it points there. */
  beginWrite(running: SlotNumber): SlotNumber {
    const target = other(running);
    const active = this.activeCopy;
    if (active !== -1) {
      const inactive = active === 0 ? 1 : 0;
      const sequence = this.sequenceOf(inactive);
      if (sequence > 0 && slotOf(sequence) === target) this.setCopy(inactive, 0, "undefined");
    }
    return target;
  }

  /** Makes a slot the one to boot next: the other copy gets the next sequence that maps to it. */
  setBoot(slot: SlotNumber, hasRollback: boolean): void {
    const state: OtaState = hasRollback ? "new" : "undefined";
    const active = this.activeCopy;
    if (active === -1) {
      this.setCopy(0, slot + 1, state);
      return;
    }
    const sequence = this.sequenceOf(active);
    if (slotOf(sequence) === slot) this.setCopy(active, sequence, state);
    else this.setCopy(active === 0 ? 1 : 0, sequence + 1, state);
  }

  /** Confirms or condemns the image that runs. Confirming burns its secure version. */
  mark(state: "valid" | "invalid", secureVersion: number): void {
    const active = this.activeCopy;
    if (active === -1) return;
    this.setCopy(active, this.sequenceOf(active), state);
    if (state === "valid" && secureVersion > this.secureVersion) this.secureVersion = secureVersion;
  }
}

/** The slot that does not run. */
export function other(slot: SlotNumber): SlotNumber {
  return slot === 0 ? 1 : 0;
}

function isUsable(sequence: number, state: OtaState): boolean {
  return sequence > 0 && state !== "invalid" && state !== "aborted";
}

function slotOf(sequence: number): SlotNumber {
  return ((sequence - 1) % 2) as SlotNumber;
}

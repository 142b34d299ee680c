// What a part of the proof expected, what it measured, and whether it held; printed as it comes.
export class Findings {
  rows = [];
  #part;
  #isTerse;

  /** `isTerse`: only what does not hold is printed one by one. */
  constructor(part, isTerse) {
    this.#part = part;
    this.#isTerse = isTerse;
  }

  add(what, expected, measured, isHeld) {
    this.rows.push({ part: this.#part, what, expected, measured, isHeld });
    if (isHeld && this.#isTerse) return;
    console.log(
      `  ${isHeld ? "held    " : "NOT HELD"}  ${what}\n              expected ${expected}, measured ${measured}`,
    );
  }

  /** A number that has no limit of its own, and says how it came about. */
  note(what, measured) {
    this.rows.push({ part: this.#part, what, measured });
    console.log(`  noted     ${what}: ${measured}`);
  }

  get broken() {
    return this.rows.filter(({ isHeld }) => isHeld === false).length;
  }

  get checked() {
    return this.rows.filter(({ isHeld }) => isHeld !== undefined).length;
  }
}

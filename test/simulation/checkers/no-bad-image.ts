import { FAULT_NAMES } from "../../../src/faults/fault-names.ts";
import type { History, Noted } from "../history.ts";
import type { Checker } from "./checker.ts";

const CORRUPT_BLOCK = FAULT_NAMES.indexOf("corrupt-block");
const WRONG_IMAGE = FAULT_NAMES.indexOf("wrong-image");

/** The damage is followed from the fault through every resumed attempt, not read from the node's own flag. */
export const noBadImage: Checker = {
  id: "N6",
  sentence: "no node boots a damaged image, an incomplete one, or one of another project or chip",
  check: (history) =>
    history.finalImage.flatMap((_, node) => {
      const slot = new Slot();
      const breaches: string[] = [];
      for (const noted of history.notesOf[node] ?? []) {
        slot.take(noted);
        if (noted.note.kind !== "runs" || !history.isJobImage(noted.note.image)) continue;
        const why = slot.whyBad ?? whyForeign(history, node, noted.note.image);
        if (why !== undefined) breaches.push(`node ${node} boots an image ${why} at ${noted.atUs}`);
      }
      return breaches;
    }),
};

/** What is in the slot that downloads go to. */
class Slot {
  #fromBytes = 0;
  #isDamaged = false;
  #isWhole = false;
  #wasSet = false;

  take({ note, entry }: Noted): void {
    if (note.kind === "attempt begun") this.#fromBytes = note.fromBytes;
    else if (note.kind === "handed over" && entry?.reason === "downloading") {
      // The head is read, and the first write comes; before, the slot is as it was.
      this.#isWhole = false;
      if (this.#fromBytes === 0) this.#isDamaged = false;
    } else if (note.kind === "fault fired" && note.fault === CORRUPT_BLOCK) this.#isDamaged = true;
    else if (note.kind === "attempt ended" && note.reason === "downloaded") this.#isWhole = true;
    else if (note.kind === "boot slot set") this.#wasSet = true;
  }

  get whyBad(): string | undefined {
    if (this.#isDamaged) return "with a damaged block";
    if (!this.#isWhole) return "that is not complete";
    return this.#wasSet ? undefined : "that was never set to boot";
  }
}

function whyForeign({ traits, imageOf, world }: History, node: number, image: number): string | undefined {
  const own = world.scenario.fleet.cohorts[traits[node]?.cohort ?? 0]?.runs;
  const { project, suitsChip } = imageOf(image);
  if (project !== own?.project) return `of project ${project}`;
  if (!suitsChip) return "of another chip";
  return ((traits[node]?.faults ?? 0) & (1 << WRONG_IMAGE)) === 0 ? undefined : "whose head names another project";
}

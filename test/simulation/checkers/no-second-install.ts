import type { Checker } from "./checker.ts";

/**
 * An offer that comes in the ten seconds between the new boot slot and the reboot is worked on by the old image: the
 * second slot write that it may lead to is the firmware's.
 */
export const noSecondInstall: Checker = {
  id: "N3",
  sentence: "the same job is not installed twice on a node without a roll-back between",
  check: ({ notesOf, isJobImage }) =>
    notesOf.flatMap((notes, node) => {
      const breaches: string[] = [];
      let installed = false;
      let hasBooted = false;
      for (const { note, atUs } of notes) {
        if (note.kind === "boot slot set" && isJobImage(note.image)) {
          if (installed && hasBooted) breaches.push(`node ${node} installs the job again at ${atUs}`);
          installed = true;
          hasBooted = false;
        } else if (note.kind === "runs") {
          if (isJobImage(note.image)) hasBooted = true;
          else installed = hasBooted = false;
        }
      }
      return breaches;
    }),
};

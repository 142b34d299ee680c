import type { Checker } from "./checker.ts";

export const noDowngrade: Checker = {
  id: "N5",
  sentence: "no node boots an image below its eFuse's secure version, and the eFuse never goes back",
  check: ({ notes, imageOf, finalImage }) => {
    const burnt = finalImage.map(() => 0);
    const breaches: string[] = [];
    for (const { node, note, eFuseSecureVersion, atUs } of notes) {
      const before = burnt[node] as number;
      burnt[node] = eFuseSecureVersion;
      if (eFuseSecureVersion < before) {
        breaches.push(`node ${node}'s eFuse goes back to ${eFuseSecureVersion} at ${atUs}`);
      } else if (note.kind === "runs" && imageOf(note.image).secureVersion < eFuseSecureVersion) {
        const { secureVersion } = imageOf(note.image);
        breaches.push(`node ${node} boots secure version ${secureVersion} over ${eFuseSecureVersion} at ${atUs}`);
      }
    }
    return breaches;
  },
};

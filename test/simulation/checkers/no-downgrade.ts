import type { Checker } from "./checker.ts";

export const noDowngrade: Checker = {
  id: "N5",
  sentence: "no node boots an image below its eFuse's secure version, and the eFuse never goes back",
  check: ({ notes, imageOf, finalImage }) => {
    const burnt = finalImage.map(() => 0);
    return notes.flatMap(({ node, note, eFuseSecureVersion, atUs }) => {
      const before = burnt[node] as number;
      burnt[node] = eFuseSecureVersion;
      if (eFuseSecureVersion < before) return [`node ${node}'s eFuse goes back to ${eFuseSecureVersion} at ${atUs}`];
      if (note.kind !== "runs") return [];
      const { secureVersion } = imageOf(note.image);
      if (secureVersion >= eFuseSecureVersion) return [];
      return [`node ${node} boots secure version ${secureVersion} over ${eFuseSecureVersion} at ${atUs}`];
    });
  },
};

/** Which faults were drawn and which took place: those of nodes, of images, and of the backend. */
import { kindNumber } from "./record-codec.ts";
import type { RunFacts } from "./run-facts.ts";
import type { RunResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Faults of nodes and of images that were drawn or fired, then whatever was asked of the backend. */
export function faultResults(
  state: RunState,
  { faultNames, backendFaults }: Pick<RunFacts, "faultNames" | "backendFaults">,
): RunResult["faults"] {
  const [drawnKind, firedKind] = [kindNumber("fault drawn"), kindNumber("fault fired")];
  const all = state.plan.jobs.map((_, job) => job);
  const ofNodes = faultNames.map((name, number) => {
    const ofImages = state.faultsOfImages.of(all, number);
    const drawn = state.countOf(drawnKind, number) - ofImages.drawn;
    const fired = state.countOf(firedKind, number) - ofImages.fired;
    return [name, { of: "node", drawn, fired }] as const;
  });
  const versions = [...new Set(state.plan.jobs.map(({ image }) => image?.version ?? ""))];
  const ofImages = versions.flatMap((version) => {
    const jobs = all.filter((job) => (state.plan.jobs[job]!.image?.version ?? "") === version);
    return faultNames.map(
      (name, number) => [`${name}@${version}`, { of: "image", ...state.faultsOfImages.of(jobs, number) }] as const,
    );
  });
  const ofBackend = Object.entries(backendFaults).map(
    ([name, { drawn, fired }]) => [name, { of: "backend", drawn, fired }] as const,
  );
  const happened = [...ofNodes, ...ofImages].filter(([, { drawn, fired }]) => drawn + fired > 0);
  return Object.fromEntries([...happened, ...ofBackend]);
}

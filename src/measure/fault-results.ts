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
    const isSpared = drawn > 0 && fired === 0 && hadNoChance(state, number);
    return [name, { of: "node", drawn, fired, ...(isSpared ? { isSpared } : {}) }] as const;
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

/** A stop or a cancel came before any node with this fault began a download, and all of them strike from there on. */
function hadNoChance({ plan, columns, stoppedAtUs, cancelledAtUs }: RunState, fault: number): boolean {
  const isBrokenOff = plan.jobs.some(
    (_, job) => !Number.isNaN(stoppedAtUs[job]!) || !Number.isNaN(cancelledAtUs[job]!),
  );
  if (!isBrokenOff) return false;
  for (let node = 0; node < plan.nodes; node++) {
    if ((columns.ownFaults.get(node) & (1 << fault)) === 0) continue;
    if (plan.jobs.some((_, job) => !Number.isNaN(columns.startAtUs.get(job * plan.nodes + node)))) return false;
  }
  return true;
}

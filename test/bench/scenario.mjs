// A week of a fleet that lives as most do: spells, a question each day, one rollout by night. It is the scenario that
// ships, read as a user's is, so that what is measured is what a user waits for.
import { readFileSync } from "node:fs";

const { ADAPTERS, readScenario, resolveScenario } = await import(new URL("../../dist/index.js", import.meta.url).href);

const FILE = "million-week.yaml";
const TEXT = readFileSync(new URL(`../../scenarios/${FILE}`, import.meta.url), "utf8");

/** The scenario with so many nodes; `set`: values of its keys, as `--set` has them. */
export function weekOf(nodes, set = []) {
  const overrides = { nodes: String(nodes), set };
  return resolveScenario(readScenario(TEXT, FILE, { adapters: ADAPTERS, overrides })).scenario;
}

/** What a plan has to know of a scenario's image beside the scenario. */
export function imageOf({ image: { project, version, chip, secureVersion, sizeBytes } }) {
  return { project, version, chip, secureVersion, sizeBytes, md5: "5d41402abc4b2a76b9719d911017c592" };
}

// `npm run prove [-- PART...] [--quick] [--json FILE] [--terse]`: whether the instrument tells the truth, against
// oracles that share no code with it. Each part says what it expects, what it measured and whether that held; the exit
// code is 1 if anything did not. It runs what was built, and wants a quiet machine: other work is the generator's limit.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { Findings } from "./findings.mjs";

const PARTS = ["accuracy", "stall", "invalid", "load"];
const HELP = `npm run prove [-- PART...] [--quick] [--json FILE] [--terse]

Parts, all where none is named: ${PARTS.join(", ")}. A word behind \`accuracy\` names a
distribution. --quick is smaller and sooner, --terse tells only what did not hold.

  npm run prove -- stall
  npm run prove -- accuracy pareto --json pareto.json`;
const { parts, options, jsonFile, isTerse } = asked(process.argv.slice(2));

const report = {
  schema: "otafleet/prove",
  version: 1,
  node: process.version,
  processors: availableParallelism(),
  parts: [],
};
console.log(
  `${process.version}, ${availableParallelism()} processors (${cpus()[0]?.model ?? "unknown"}), load ${loadavg()[0].toFixed(2)}`,
);
for (const name of parts) {
  const part = await import(`./${name}.mjs`);
  const findings = new Findings(name, isTerse);
  const loadBefore = loadavg()[0];
  console.log(`\n${name}: ${part.about}`);
  await part.prove(findings, options);
  const { broken, checked, rows } = findings;
  console.log(`${name}: ${broken === 0 ? `held, ${checked} checks` : `NOT HELD, ${broken} of ${checked} checks`}`);
  report.parts.push({ name, about: part.about, isHeld: broken === 0, loadBefore, rows });
}
if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.parts.every(({ isHeld }) => isHeld) ? 0 : 1;

/** Parts come by name; what else is no flag is the parts' own: `accuracy pareto` proves one distribution. */
function asked(given) {
  if (given.includes("--help") || given.includes("-h")) {
    console.log(HELP);
    process.exit(0);
  }
  const words = [];
  const flags = { "--quick": false, "--terse": false };
  let jsonFile;
  for (let at = 0; at < given.length; at++) {
    if (given[at] === "--json") jsonFile = given[++at];
    else if (given[at] in flags) flags[given[at]] = true;
    else words.push(given[at]);
  }
  const named = PARTS.filter((part) => words.includes(part));
  const others = words.filter((word) => !PARTS.includes(word));
  const unknown = others.filter((word) => word.startsWith("-"));
  if (unknown.length > 0 || (others.length > 0 && named.length === 0)) {
    console.error(`prove: ${unknown[0] ?? others[0]} is no part; parts are ${PARTS.join(", ")}`);
    process.exit(2);
  }
  const options = { isQuick: flags["--quick"], words: others };
  return { parts: named.length > 0 ? named : PARTS, options, jsonFile, isTerse: flags["--terse"] };
}

// The twin check: one scenario live against the embedded backend, then planned with a model that was calibrated by that
// very run. Outcomes must be equal, half and 95 % of completion within 5 %, and the highest rates of the live run
// within three standard deviations of what twenty planned seeds have.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADAPTERS, madeImage, planScenario, readScenario, resolveScenario } from "../../dist/index.js";
import { Findings } from "../prove/findings.mjs";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SCENARIO = fileURLToPath(new URL("six-zones.yaml", import.meta.url));
const SEEDS = 20;
const SIGMAS = 3;
/** Of ten seconds of fleet time each. */
const RATES = ["fetches", "downloadsStarted", "statuses", "connects"];
const QUIET = { onPhase: () => {}, onProgress: () => {} };

// `npm run twin -- --set clock.speed=20`: flags of a scenario, for both sides.
const flags = process.argv.slice(2);
const top = mkdtempSync(join(tmpdir(), "otafleet-twin-"));
const findings = new Findings("twin", false);
try {
  await twin();
} finally {
  if (findings.broken === 0) rmSync(top, { recursive: true, force: true });
  else console.log(`\nThe folders are kept: ${top}`);
}
console.log(`\n${findings.checked - findings.broken} of ${findings.checked} held`);
process.exitCode = findings.broken === 0 ? 0 : 1;

async function twin() {
  const [live, plan, model] = ["live", "plan", "model.yaml"].map((name) => join(top, name));
  console.log("the scenario live, on real sockets:");
  const run = await otafleet(["run", SCENARIO, ...flags, "--summary", "compact", "-o", live]);
  if (run.code !== 0) {
    findings.add("the live run", "passed", `exit code ${run.code}`, false);
    return;
  }
  console.log("\nits servers, as far as it showed them:");
  const calibrated = await otafleet(["calibrate", live, "-o", model]);
  findings.note("calibration", calibrated.code === 0 ? "written" : `exit code ${calibrated.code}`);
  const modelled = existsSync(model) ? ["--model", model] : [];
  await otafleet(["plan", SCENARIO, ...flags, ...modelled, "--quiet", "-o", plan]);
  console.log("\nplan and run over each other:");
  const compared = await otafleet([
    "compare",
    plan,
    live,
    "--within",
    "5%",
    "--within",
    "outcomes=0%",
    "-o",
    join(top, "compare"),
  ]);
  const comparison = JSON.parse(readFileSync(join(top, "compare", "compare.json"), "utf8"));
  console.log("");
  for (const { what, actual, share, chance, isHeld } of comparison.limits) {
    const apart = actual === null ? "cannot be told" : `${(actual * 100).toFixed(2)} %`;
    if (what.startsWith("completion") || actual !== 0)
      findings.add(what, `within ${((share + chance) * 100).toFixed(1)} %`, apart, isHeld);
  }
  findings.add("compare --within 5%", "exit code 0", `exit code ${compared.code}`, compared.code === 0);
  nodeByNode(plan, live);
  await peaks(JSON.parse(readFileSync(join(live, "result.json"), "utf8")), modelled[1]);
}

/** In a race-free scenario each node ends alike; one that does not is named, to be followed through both records. */
function nodeByNode(plan, live) {
  const [planned, measured] = [plan, live].map((folder) => rowsOf(join(folder, "nodes.csv")));
  const different = planned.filter((row, node) => row.outcome !== measured[node]?.outcome);
  for (const { node, outcome, reason } of different.slice(0, 10)) {
    const other = measured.find((row) => row.node === node);
    findings.note(
      `node ${node}`,
      `planned ${outcome} (${reason || "-"}), live ${other?.outcome} (${other?.reason || "-"})`,
    );
  }
  findings.add("nodes that end otherwise", 0, different.length, different.length === 0);
}

function rowsOf(path) {
  const [heads = "", ...lines] = readFileSync(path, "utf8")
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split("\r\n");
  const names = heads.split(",");
  // Of cells with commas only names of nodes could consist, and theirs have none.
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, place) => [names[place], cell])));
}

async function peaks(live, model) {
  const text = readFileSync(SCENARIO, "utf8");
  const byRate = Object.fromEntries(RATES.map((rate) => [rate, []]));
  for (let seed = 1; seed <= SEEDS; seed++) {
    const overrides = {
      set: flags.filter((flag) => flag !== "--set"),
      seed: String(seed),
      ...(model === undefined ? {} : { model: { file: model, text: readFileSync(model, "utf8") } }),
    };
    const { scenario } = resolveScenario(readScenario(text, SCENARIO, { adapters: ADAPTERS, overrides }));
    const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario) }, QUIET);
    for (const rate of RATES) byRate[rate].push(peakOf(result, rate));
  }
  for (const rate of RATES) {
    const seen = byRate[rate];
    const mean = seen.reduce((sum, peak) => sum + peak, 0) / SEEDS;
    const deviation = Math.sqrt(seen.reduce((sum, peak) => sum + (peak - mean) ** 2, 0) / (SEEDS - 1));
    const peak = peakOf(live, rate);
    findings.add(
      `peak of ${rate} in ten seconds`,
      `${mean.toFixed(1)} +- ${(SIGMAS * deviation).toFixed(1)}`,
      String(peak),
      Math.abs(peak - mean) <= SIGMAS * deviation,
    );
  }
}

/** The most in ten seconds of fleet time. */
function peakOf({ timelines }, rate) {
  const each = Math.max(1, Math.round(10_000_000 / timelines.bucketUs));
  const values = timelines[rate];
  const sums = [];
  for (let at = 0; at < values.length; at += each)
    sums.push(values.slice(at, at + each).reduce((sum, value) => sum + value, 0));
  return Math.max(...sums);
}

function otafleet(words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code }));
  });
}

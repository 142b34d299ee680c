// Load on two cores: the shipped load scenarios, whole, by the real command.
import { fileURLToPath } from "node:url";
import { liveRun } from "./live-run.mjs";

export const about =
  "10,000 nodes by autofetch pass; a push to 8,000 at once gets an honest verdict; 40,000 are refused";

const shipped = (name) => fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url));

export async function prove(findings, { isQuick }) {
  const few = (nodes) => (isQuick ? ["-n", String(nodes)] : []);
  const calm = await liveRun({ file: shipped("load-10k"), flags: few(1_000) });
  findings.add("load-10k", "passed", verdictOf(calm), calm.code === 0);
  tellNumbers(findings, "load-10k", calm.result);
  const pushed = await liveRun({ file: shipped("push-8k"), flags: few(800) });
  // Whichever it is, it is said; a pass is one too, on a machine that is fast enough.
  const isHonest = [0, 4, 99].includes(pushed.code) && (pushed.code === 0 || pushed.result.reasons.length > 0);
  findings.add("push-8k", "passed, or a verdict that names the side that was the limit", verdictOf(pushed), isHonest);
  tellNumbers(findings, "push-8k", pushed.result);
  const many = await liveRun({ file: shipped("load-10k"), flags: ["-n", "40000"] });
  const fits = /room for at most (\d+) nodes/.exec(many.said)?.[1];
  findings.add(
    "load-10k -n 40000",
    "refused before it starts, with the largest number that fits",
    verdictOf(many),
    many.code === 2 && fits !== undefined,
  );
}

function verdictOf({ code, result, said }) {
  const reasons = result?.reasons ?? [said.trim().split("\n").at(-1)];
  return [result?.verdict ?? `exit code ${code}`, ...reasons].join(" | ");
}

function tellNumbers(findings, title, result) {
  if (result === undefined) return;
  const { metrics, generator, counters, clock } = result;
  for (const name of ["connect", "fetch_ack", "fetch_offer", "first_byte", "report_ack"]) {
    const { p50, p99, count } = metrics[name];
    const late = generator.lateness[name]?.p99Us;
    findings.note(`${title}: ${name}`, `p50 ${ms(p50)}, p99 ${ms(p99)} of ${count}; late ${ms(late)} at p99`);
  }
  const cpuMs = generator.workers.reduce((sum, { cpuMs: one }) => sum + one, 0);
  const perNode = cpuMs / Math.max(1, counters["confirmed"] ?? 0);
  findings.note(
    `${title}: the workers' CPU`,
    `${(cpuMs / 1_000).toFixed(1)} s in ${(clock.wallMs / 1_000).toFixed(0)} s, ${perNode.toFixed(2)} ms for each node that was updated, the ramp included`,
  );
}

const ms = (us) => (Number.isFinite(us) ? `${(us / 1_000).toFixed(1)} ms` : String(us));

/** Brings dist/ up to date before the first test, and again whenever watched tests run once more. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

export default function setup(project: TestProject): void {
  build();
  project.onTestsRerun(async () => build());
}

function build(): void {
  const script = fileURLToPath(new URL("../build.js", import.meta.url));
  const outcome = spawnSync(process.execPath, [script, "--if-stale"], { encoding: "utf8" });
  if (outcome.status === 0) return;
  const words = `${outcome.stdout}${outcome.stderr}`.trim();
  if (!existsSync(new URL("../dist", import.meta.url))) throw new Error(`dist/ could not be built:\n${words}`);
  // Types are what `npm run check` is for; tests say what the program does, as vitest itself does not check types.
  console.warn(`dist/ was built with errors:\n${words}`);
}

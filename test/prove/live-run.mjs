// The real command as a child process: what is proved is what a user would have run.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/**
 * Runs a scenario, by its text or its file, and answers {code, result, words}; the result is undefined where the run
 * was refused. `onWords` hears standard error so far, and the child's process.
 */
export async function liveRun({ text, file, flags = [], onWords = () => {}, shell, v8 = [] }) {
  const folder = mkdtempSync(join(tmpdir(), "otafleet-prove-"));
  const path = file ?? join(folder, "scenario.yaml");
  if (file === undefined) writeFileSync(path, text);
  const words = [...v8, MAIN, "run", path, "--json", "--out", join(folder, "run"), ...flags];
  const command =
    shell === undefined
      ? [process.execPath, words]
      : ["/bin/sh", ["-c", `${shell} "$0" "$@"`, process.execPath, ...words]];
  const child = spawn(...command, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
  let out = "";
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    said += chunk;
    onWords(said, child);
  });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  rmSync(folder, { recursive: true, force: true });
  return { code, said, result: out.startsWith("{") ? JSON.parse(out) : undefined };
}

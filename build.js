// Builds dist/ from src/. `--if-missing` leaves an existing build alone, so that `npm start` begins at once.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL(".", import.meta.url));
const main = fileURLToPath(new URL("dist/cli/main.js", import.meta.url));

if (process.argv.includes("--if-missing") && existsSync(main)) process.exit(0);

let compiler;
try {
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  compiler = manifest.replace(/package\.json$/, "bin/tsc");
} catch {
  console.error("otafleet: TypeScript is not installed, so dist/ cannot be built. Run `npm ci` without NODE_ENV=production.");
  process.exit(1);
}
// tsc never deletes: without this a renamed source would live on in dist/.
rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });
const outcome = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json"], { cwd: top, stdio: "inherit" });
process.exit(outcome.status ?? 1);

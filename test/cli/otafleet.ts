/** The real command as a child process: what it prints and how it ends. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** The project's own folder, from which shipped scenarios are named. */
export const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is run with, beside its words. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears standard error as it comes, and may send a signal. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `otafleet` with these words. */
export function otafleet(
  words: readonly string[],
  { cwd = PROJECT, env = {}, onStderr }: Surroundings = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const plain = { NO_COLOR: "1", FORCE_COLOR: undefined, OTAFLEET_DEBUG: undefined };
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd,
      env: { ...process.env, ...plain, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A folder for this file's tests, taken away when they are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "otafleet-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file into a folder and answers its path. */
export function written(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A scenario that is right, small and quick: 40 nodes, done within a few minutes of fleet time. */
export const SMALL_SCENARIO = `name: small
clock: { start: 2026-03-10T12:00:00Z, speed: 600 }
image: { make: { project: demo, version: 2.0.0, size: 64KiB } }
nodes: 40
fleet:
  connect: { over: 500ms }
  cohorts:
    - { name: homes, zones: Europe/Berlin, offline: none, autofetch: { every: 10m }, boot: 2s }
jobs: [{ name: spring }]
end: { after: 4h }
thresholds: { outcome.success: ["rate>0.9"] }
`;

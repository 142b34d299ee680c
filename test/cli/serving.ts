/** `otafleet serve` as a child process, and an operator who knows only what it printed. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { OperatorHalf } from "../../src/adapters/adapter.ts";
import { RainmakerOperator } from "../../src/adapters/rainmaker/operator.ts";
import { http } from "../backend/embedded.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const children: ChildProcess[] = [];

export interface Addresses {
  readonly mqtt: string;
  readonly mqtts?: string;
  readonly api: string;
  readonly images: string;
  readonly operatorTokenFile: string;
  readonly caFile: string;
}

export class Serving {
  readonly addresses: Addresses;
  readonly token: string;
  readonly ca: string;
  readonly operator: OperatorHalf;
  readonly #child: ChildProcess;
  readonly #stderr: () => string;

  private constructor(child: ChildProcess, addresses: Addresses, stderr: () => string) {
    this.#child = child;
    this.#stderr = stderr;
    this.addresses = addresses;
    this.token = readFileSync(addresses.operatorTokenFile, "utf8").trim();
    this.ca = readFileSync(addresses.caFile, "utf8");
    this.operator = new RainmakerOperator(
      { baseUrl: addresses.api, token: this.token, settings: {} },
      ({ method, url, headers, body }) => http(url, { method, headers, body, ca: this.ca }),
    );
  }

  /**
   * Starts `otafleet serve --json` with these words; rejects with what it said if it ends at once.
   *
   * @param filesKiBMax the longest file that it may write; undefined = no limit
   */
  static start(words: readonly string[], filesKiBMax?: number): Promise<Serving> {
    const command = [process.execPath, MAIN, "serve", "--json", ...words];
    const limited = ["bash", "-c", `ulimit -f ${filesKiBMax}; exec "$@"`, "bash", ...command];
    const [program = "", ...rest] = filesKiBMax === undefined ? command : limited;
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], env });
    children.push(child);
    let stdout = "";
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => reject(new Error(`it ended with ${code}: ${stderr}`)));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        if (stdout.endsWith("\n")) resolve(new Serving(child, JSON.parse(stdout) as Addresses, () => stderr));
      });
    });
  }

  get stderr(): string {
    return this.#stderr();
  }

  /** Resolves with all of standard error once this is in it. */
  says(words: string): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.stderr.includes(words)) return;
        this.#child.stderr?.off("data", look);
        resolve(this.stderr);
      };
      this.#child.stderr?.on("data", look);
      look();
    });
  }

  /** Sends a signal; resolves with the exit code, null where the signal itself ended the process. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    return new Promise((resolve) => {
      this.#child.once("close", resolve);
      this.#child.kill(signal);
    });
  }

  port(of: "mqtt" | "mqtts" | "api" | "images"): number {
    return Number(new URL(this.addresses[of] ?? "").port);
  }
}

/** Ends what a failed test has left running; to be called once in each file. */
export function endServingAtLast(): void {
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });
}

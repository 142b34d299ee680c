/** Mosquitto as a foreign broker, on free ports, in a folder of its own; where it is not installed tests skip. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificatesFrom } from "../../src/backend/serve/certificates.ts";
import { freePort, hasMosquitto, MOSQUITTO } from "../drivers/live/brokers.ts";

/** Why tests with Mosquitto cannot run here; undefined = they can. */
export const NO_MOSQUITTO = hasMosquitto ? undefined : `there is no ${MOSQUITTO} (apt-get install mosquitto)`;
if (NO_MOSQUITTO !== undefined) console.warn(`skipped: ${NO_MOSQUITTO}`);

export class Mosquitto {
  readonly port: number;
  readonly tlsPort: number;
  /** PEM of the authority that signed its certificate. */
  readonly caPem: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(folder: string, ports: readonly [number, number], caPem: string) {
    this.#folder = folder;
    [this.port, this.tlsPort] = ports;
    this.caPem = caPem;
  }

  /** Started with a plain and a TLS listener; `acl` is its ACL file, without one everybody may do everything. */
  static async start(acl?: readonly string[]): Promise<Mosquitto> {
    const folder = mkdtempSync(join(tmpdir(), "otafleet-mosquitto-"));
    const { caPem, certPem, keyPem } = certificatesFrom(undefined);
    const ports: [number, number] = [await freePort(), await freePort()];
    const write = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    // As root it would otherwise turn into the user mosquitto, who may not read this folder.
    const asWho = process.getuid?.() === 0 ? ["user root"] : [];
    const lines = [
      ...asWho,
      "allow_anonymous true",
      "max_queued_messages 100000",
      `listener ${ports[0]} 127.0.0.1`,
      `listener ${ports[1]} 127.0.0.1`,
      `certfile ${write("cert.pem", certPem)}`,
      `keyfile ${write("key.pem", keyPem)}`,
      ...(acl === undefined ? [] : [`acl_file ${write("acl", `${acl.join("\n")}\n`)}`]),
    ];
    write("mosquitto.conf", `${lines.join("\n")}\n`);
    const broker = new Mosquitto(folder, ports, caPem);
    await broker.restart();
    return broker;
  }

  /** Starts it where it was; resolves once it accepts links. */
  async restart(): Promise<void> {
    const child = spawn(MOSQUITTO, ["-c", join(this.#folder, "mosquitto.conf")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    let words = "";
    child.stderr?.on("data", (text: Buffer) => (words += text.toString()));
    const ended = new Promise<never>((_resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`mosquitto ended with ${code}: ${words}`)));
    });
    ended.catch(() => {});
    await Promise.race([ended, accepts(this.port)]);
  }

  /** Ends it at once, as a crash does; resolves once it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Resolves once somebody accepts links there: a refused one is tried again. */
async function accepts(port: number): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => setTimeout(resolve, 20, false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
  }
}

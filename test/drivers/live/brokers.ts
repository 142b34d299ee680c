import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { Aedes } from "aedes";
import type { TestCertificates } from "./certificates.ts";

export interface TestBroker {
  readonly port: number;
  stop(): Promise<void>;
}

export const MOSQUITTO = "/usr/sbin/mosquitto";
export const hasMosquitto = existsSync(MOSQUITTO);

/** aedes in this process. The password "wrong" is refused. */
export async function startAedes(tls?: TestCertificates): Promise<TestBroker> {
  const broker = await Aedes.createBroker();
  broker.authenticate = (_client, _username, password, done) => {
    if (password?.toString() === "wrong") done(Object.assign(new Error("no"), { returnCode: 4 }), false);
    else done(null, true);
  };
  const server = tls === undefined ? createServer(broker.handle) : createTlsServer({ ...tls }, broker.handle);
  const port = await listen(server);
  return {
    port,
    async stop() {
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Mosquitto as a child on a free port. It accepts everyone. */
export async function startMosquitto(): Promise<TestBroker> {
  const folder = mkdtempSync(join(tmpdir(), "otafleet-mosquitto-"));
  const port = await freePort();
  const config = join(folder, "mosquitto.conf");
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type all\n`);
  const child = spawn(MOSQUITTO, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(" running")) resolve();
    });
    child.on("exit", () => reject(new Error(`mosquitto ended: ${text}`)));
  });
  return {
    port,
    async stop() {
      const gone = new Promise<void>((resolve) => child.on("exit", () => resolve()));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { rainmaker } from "../../../src/adapters/rainmaker/adapter.ts";
import { freePort } from "./brokers.ts";
import { brokenLaws, type LiveBackend, liveRun, liveScenario, rainmakerBackend } from "./live-run.ts";

const fronts: Front[] = [];
afterEach(() => {
  for (const front of fronts.splice(0)) front.stop();
});

describe("a broker that is not always there", () => {
  test("is dialled again after the firmware's wait when it refuses", async () => {
    const { front, on, scenario } = await behindFront();

    const run = liveRun({ scenario, on, adapter: patient({ redialMs: 50 }), onStart: () => void front.listen() });
    const { outcomes, result } = await run;

    expect(outcomes).toEqual(["success"]);
    expect(result.counters["connect failed: refused"]).toBeGreaterThan(0);
    expect(brokenLaws(result)).toEqual([]);
  });

  test("is given up when it does not answer, and dialled again", async () => {
    const { front, on, scenario } = await behindFront();
    front.isSilent = true;
    await front.listen();

    const adapter = patient({ redialMs: 50, dialTimeoutMs: 100 });
    const { outcomes, result } = await liveRun({
      scenario: { ...scenario, fleet: { ...scenario.fleet, begins: "booting" } },
      on,
      adapter,
      onStart: () => setTimeout(() => (front.isSilent = false), 200),
    });

    expect(outcomes).toEqual(["success"]);
    expect(result.counters["connect failed: timeout"]).toBeGreaterThan(0);
    expect(brokenLaws(result)).toEqual([]);
  });

  test("is dialled again when it hangs up, and hears again what it had not acknowledged", async () => {
    const { front, on, scenario } = await behindFront();
    await front.listen();

    const { outcomes, result } = await liveRun({
      scenario,
      on,
      adapter: patient({ redialMs: 1_000 }),
      onStart: () => front.hangUp(),
    });

    expect(outcomes).toEqual(["success"]);
    expect(result.counters["disconnected: backend closed"]).toBe(1);
    expect(brokenLaws(result)).toEqual([]);
  });
});

function patient(timers: { readonly redialMs: number; readonly dialTimeoutMs?: number }): Adapter {
  const newest = rainmaker.generations[rainmaker.defaultGeneration]!;
  return { ...rainmaker, generations: { [newest.name]: { ...newest, ...timers } } };
}

async function behindFront() {
  const scenario = liveScenario();
  const real = await rainmakerBackend(scenario);
  const front = new Front(await freePort(), real.backend.mqtt!.port);
  fronts.push(front);
  const on: LiveBackend = { ...real, backend: { ...real.backend, mqtt: { ...real.backend.mqtt!, port: front.port } } };
  return { front, on, scenario };
}

/** Stands before a broker, and may be away, silent, or hang up. */
class Front {
  readonly port: number;
  isSilent = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(port: number, brokerPort: number) {
    this.port = port;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      if (this.isSilent) return;
      const behind = connect(brokerPort, "127.0.0.1");
      behind.on("error", () => undefined);
      socket.pipe(behind).pipe(socket);
      socket.on("close", () => behind.destroy());
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.end();
    this.#sockets.clear();
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { BackendProcess } from "../../src/engine/backend-process.ts";
import { BackendFailure } from "../../src/engine/backend-failure.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { Mosquitto, NO_MOSQUITTO } from "../backend/mosquitto.ts";
import { brokenLaws, freshPath, smallRun, smallScenario, watching } from "./small-runs.ts";

test("a foreign broker on another machine is refused before anything is sent", async () => {
  const run = smallRun(smallScenario("backend.broker.url=mqtt://192.0.2.1:1883"));

  await expect(run).rejects.toThrow(UserError);
});

test("a foreign broker that is not there is a backend that cannot be reached", async () => {
  const run = smallRun(smallScenario("backend.broker.url=mqtt://127.0.0.1:1"));

  await expect(run).rejects.toThrow(BackendFailure);
  await expect(run).rejects.toThrow(/the broker at mqtt:\/\/127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
});

describe.skipIf(NO_MOSQUITTO !== undefined)("a fleet on Mosquitto, the embedded backend beside it", () => {
  let mosquitto: Mosquitto;

  afterEach(() => mosquitto.stop());

  test.each([
    ["plain", "default"],
    ["by TLS", "force-push"],
  ])("comes to the outcomes of virtual time: %s, %s", async (link, trigger) => {
    mosquitto = await Mosquitto.start();
    const isTls = link === "by TLS";
    const url = isTls ? `mqtts://127.0.0.1:${mosquitto.tlsPort}` : `mqtt://127.0.0.1:${mosquitto.port}`;
    const scenario = smallScenario("nodes=50", `jobs.0.trigger=${trigger}`, `backend.broker.url=${url}`);

    const { result } = await smallRun(scenario, { brokerCa: mosquitto.caPem });
    const planned = await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());

    expect(result.verdict, result.reasons.join("\n")).toBe("passed");
    expect(result.outcomes).toMatchObject({ targeted: 50, settled: 50, lost: 0, unfinished: 0 });
    expect(result.outcomes).toEqual(planned.result.outcomes);
    expect(result.truth).toMatchObject({ falseSuccess: 0, misled: 0 });
    expect(result.truth.matrix.success.success).toBe(result.outcomes.success - result.truth.unreported);
    expect(brokenLaws(result)).toEqual([]);
    expect(notCheckable(result)).toEqual(["C8.connections", "C8.fetches", "C8.offers", "C8.sends", "C8.statuses"]);
  });

  test("keeps what nodes say while the backend is killed for its next life", async () => {
    mosquitto = await Mosquitto.start();
    const url = `mqtt://127.0.0.1:${mosquitto.port}`;
    const folder = freshPath();
    mkdirSync(folder);
    const backend = await BackendProcess.start({ broker: { url }, storeFile: join(folder, "backend.db") });
    const { pid = 0 } = backend;
    const back = backend.restart(60_000);
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);

    // Of a node that is not enrolled, which a backend counts like any other.
    const node = await connectAsync(url);
    await node.publishAsync("node/nobody/otafetch", "{}", { qos: 1 });
    await node.endAsync();
    await backend.comeBack();
    await back;

    const refused = async () => (await backend.health()).counters["mqttPublishesRefused"];
    await expect.poll(refused, { timeout: 5_000 }).toBe(1);
    await backend.stop();
  });

  test("that is killed in mid-run dials again, and no update is lost", async () => {
    mosquitto = await Mosquitto.start();
    let killed: Promise<void> | undefined;
    let restarted: Promise<void> | undefined;
    let settledWhenAlone = 50;
    const url = `backend.broker.url=mqtt://127.0.0.1:${mosquitto.port}`;

    const { result } = await smallRun(
      smallScenario("nodes=50", "clock.speed=300", "end.after=96h", url),
      {},
      watching(({ settled, online }) => {
        if (settled >= 5) killed ??= mosquitto.kill();
        if (killed === undefined || online > 0 || restarted !== undefined) return;
        settledWhenAlone = settled;
        restarted = mosquitto.restart();
      }),
    );
    await restarted;

    expect(restarted).toBeDefined();
    expect(settledWhenAlone).toBeLessThan(50);
    expect(result.outcomes).toMatchObject({ targeted: 50, settled: 50, lost: 0, unfinished: 0 });
    expect(result.outcomes.success + result.outcomes.rolledBack).toBe(50);
    expect(result.counters["connect failed"]).toBeGreaterThan(0);
    expect(brokenLaws(result)).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function notCheckable({ laws }: RunResult): readonly string[] {
  return laws
    .filter(({ verdict }) => verdict === "not checkable")
    .map(({ id }) => id)
    .sort();
}

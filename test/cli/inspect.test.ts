import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { inOneProcess } from "./one-process.ts";
import { otafleet, SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const folder = temporaryFolder();
const small = written(folder, "small.yaml", SMALL_SCENARIO);

test.concurrent("inspect says who the nodes are, what they will ask for, and the scenario with its defaults", async () => {
  const { code, stdout, stderr } = await otafleet(["inspect", small]);

  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("small  40 nodes, 40 targets, seed 1\n");
  expect(stdout).toMatch(/cohort +nodes +targets +offline at first +faults drawn\n +homes +40 +40 +0 +none/);
  expect(stdout).toMatch(/Europe\/Berlin +40 +100 %/);
  expect(stdout).toMatch(/fetches +0\.0667 a fleet second, 40 a wall second/);
  expect(stdout).toMatch(/downloads +2\.5 MiB if every target draws its image once/);
  expect(stdout).toMatch(/highest honest speed for completion [\d,]+: /);
  expect(stdout).toContain("Race-free\n  yes: ");
  expect(stdout).toContain("          version: 0.0.1-before\n");
});

test.concurrent("inspect --json holds the same for programs, and its YAML reads as the same scenario", async () => {
  const first = await inOneProcess(["inspect", small, "--json"]);
  const inspection = JSON.parse(first.stdout) as {
    yaml: string;
    scenario: { fleet: { nodes: number } };
    load: unknown;
  };
  const again = await inOneProcess(["inspect", written(folder, "printed.yaml", inspection.yaml), "--json"]);

  expect(parse(inspection.yaml)).toMatchObject({ name: "small", nodes: 40, backend: { adapter: "rainmaker" } });
  expect(inspection).toMatchObject({ load: { nodes: 40, targets: 40 }, raceFree: { raceFree: true }, warnings: [] });
  expect(JSON.parse(again.stdout)).toEqual(inspection);
});

test.concurrent("inspect says the same wherever and in whatever language it is asked", async () => {
  const [here, there] = await Promise.all([
    otafleet(["inspect", small], { env: { TZ: "UTC", LANG: "C", LC_ALL: "C" } }),
    otafleet(["inspect", small], { env: { TZ: "Asia/Kathmandu", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" } }),
  ]);

  expect(there).toEqual(here);
});

test.concurrent("inspect takes --nodes, --seed and --set like run", async () => {
  const words = ["-n", "80", "--seed", "9", "--set", "clock.speed=60", "--set", "jobs.spring.window=14:00-16:00"];

  const { stdout } = await inOneProcess(["inspect", small, "--json", ...words]);

  expect(JSON.parse(stdout)).toMatchObject({
    scenario: { seed: 9, clock: { speed: 60 }, fleet: { nodes: 80 }, jobs: [{ window: { startMinute: 840 } }] },
  });
});

test.concurrent("inspect says how many nodes are offline when the run begins, and how to have none", async () => {
  const words = ["-n", "400", "--set", "offline={ spells: 0.06/d, last: { lognormal: { p50: 30m, p95: 1d } } }"];

  const [some, none] = await Promise.all([
    inOneProcess(["inspect", small, ...words]),
    inOneProcess(["inspect", small, "-n", "400", "--set", "offline=none"]),
  ]);

  expect(some.stdout.replaceAll(/\s+/g, " ")).toMatch(
    /\d+ of 400 nodes \([\d.]+ %\) are offline when the run begins, \d+ of them until it ends, .*--set offline=none, has all online/,
  );
  expect(none.stdout).not.toContain("are offline when");
});

test.concurrent("inspect says why a scenario is not race-free", async () => {
  const { code, stdout } = await inOneProcess(["inspect", small, "--set", "end.after=5m"]);

  expect(code).toBe(0);
  expect(stdout).toContain(
    "no: two runs may end differently for some nodes\n  - end.after 5m may come before job spring",
  );
});

test.concurrent("inspect has one table for all nodes that ask again before their reboot, and numbers that can be read", async () => {
  const text = `name: asks
nodes: 4000
clock: { start: 2026-03-10T12:00:00Z }
fleet:
  cohorts:
    - { name: near, nodes: 50%, zones: Europe/Berlin, autofetch: { every: 1m }, link: { throughput: 100KB/s } }
    - { name: far, nodes: 50%, like: near }
jobs: [{ name: one, trigger: force-push }, { name: two, starts: 24h, image: { make: { version: 3.0.0 } } }]
end: { after: 14d }
`;

  const many = await inOneProcess(["inspect", written(folder, "asks.yaml", text)]);
  const few = await inOneProcess(["inspect", small, "-n", "4", "--set", "autofetch={ every: 24h }"]);

  expect(many.stdout.match(/ask again/g)).toHaveLength(1);
  expect(many.stdout).toMatch(/cohort +job +about +before the reboot\n +near +one +[\d.]+ % +10 s\n +far +one /);
  expect(few.stdout).toMatch(/fetches +one in 6 h of fleet time, /);
  expect(few.stdout).toMatch(/peak +\d+ connects?, 1 fetch and \d+ download starts? /);
});

test.concurrent("inspect sends no packet, to the backend's own address either", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  const port = await listening(server);
  const url = `http://127.0.0.1:${port}`;
  const backend = `{ adapter: http-poll, url: [${url}], allowSpeed: true }`;
  const text = SMALL_SCENARIO.replace("nodes: 40", `nodes: 40\nbackend: ${backend}`);

  const { code, stdout } = await inOneProcess(["inspect", written(folder, "foreign.yaml", text)]);
  await new Promise((done) => server.close(done));

  expect(code).toBe(0);
  expect(stdout).toContain(`backend  http-poll, ${url}`);
  expect(connections).toBe(0);
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

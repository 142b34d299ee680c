import { expect, test } from "vitest";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { mistakesIn, scenarioOf, scenarioText } from "./reading.ts";

const ALL = `{
  fetch-latency: { lognormal: { p50: 200ms, p95: 2s } }, status-latency: 30ms, image-latency: { uniform: { min: 0s, max: 1s } },
  lost-messages: 1%, lost-acks: 0.5%, doubled-acks: 2%, lost-offers: 2%, doubled-offers: 1%, expired-urls: 5%,
  image-errors: { share: 5%, status: 429 }, truncated-images: 2%, wrong-bytes: 1%, stalled-images: { share: 1%, for: 90s },
  restart: { at: 2h, after: 10s }, stop: { at: 3h, for: 1m } }`;

test("misbehaviour is read in its order, each with its figures in wall time and its instants in fleet time", () => {
  expect(scenarioOf(withFaults(ALL)).backend.faults).toEqual([
    { kind: "latency", name: "fetch-latency", latencyUs: { kind: "lognormal", p50: 200_000, p95: 2_000_000 } },
    { kind: "latency", name: "status-latency", latencyUs: { kind: "fixed", value: 30_000 } },
    { kind: "latency", name: "image-latency", latencyUs: { kind: "uniform", min: 0, max: 1_000_000 } },
    { kind: "share", name: "lost-messages", share: 0.01 },
    { kind: "share", name: "lost-acks", share: 0.005 },
    { kind: "share", name: "doubled-acks", share: 0.02 },
    { kind: "share", name: "lost-offers", share: 0.02 },
    { kind: "share", name: "doubled-offers", share: 0.01 },
    { kind: "share", name: "expired-urls", share: 0.05 },
    { kind: "error", name: "image-errors", share: 0.05, status: 429 },
    { kind: "share", name: "truncated-images", share: 0.02 },
    { kind: "share", name: "wrong-bytes", share: 0.01 },
    { kind: "stall", name: "stalled-images", share: 0.01, forMs: 90_000 },
    { kind: "outage", name: "restart", atUs: 7_200_000_000, forMs: 10_000 },
    { kind: "outage", name: "stop", atUs: 10_800_000_000, forMs: 60_000 },
  ]);
});

test("errors are 503 unless they say otherwise, and a share of 0 asks for nothing", () => {
  const faults = "{ image-errors: 5%, lost-offers: 0% }";

  expect(scenarioOf(withFaults(faults)).backend.faults).toEqual([
    { kind: "error", name: "image-errors", share: 0.05, status: 503 },
  ]);
});

test("misbehaviour that is printed reads as the same misbehaviour", () => {
  const scenario = scenarioOf(withFaults(ALL));

  expect(scenarioOf(printScenario(scenario))).toEqual(scenario);
});

test.each([
  ["lost-offer: 2%", "backend.faults.lost-offer is an unknown key | did you mean lost-offers?"],
  ["lost-acks: 101%", 'backend.faults.lost-acks is "101%" | must be a share from "0%" to "100%"'],
  ["lost-acks: 1", 'backend.faults.lost-acks is 1 | must be a share from "0%" to "100%"'],
  ["fetch-latency: 200", "backend.faults.fetch-latency is 200 | must be a duration"],
  ["image-errors: { share: 5%, status: 399 }", "backend.faults.image-errors.status is 399 | 400 to 599"],
  ["image-errors: { status: 500 }", "backend.faults.image-errors.share is missing | a share"],
  ["stalled-images: 5%", 'backend.faults.stalled-images is "5%" | must be a mapping: share and for'],
  ["restart: { at: 2h, after: 999ms }", 'backend.faults.restart.after is "999ms" | a duration from "1s" to "1h"'],
  ["stop: { at: 2h, for: 61m }", 'backend.faults.stop.for is "61m" | a duration from "1s" to "1h"'],
  ["stop: { at: 72h, for: 10s }", 'backend.faults.stop.at is "72h" | must be earlier than the end of the run, 3d'],
  [
    "image-errors: 50%, wrong-bytes: 50.1%",
    'backend.faults.wrong-bytes is "50.1%" | shares of image requests must sum to at most 100%',
  ],
  ["poll-errors: 5%", 'backend.faults.poll-errors is "5%" | has links, on which nothing is polled: leave it out'],
])("misbehaviour %s is refused by place", (faults, mistake) => {
  const [at, expected] = mistake.split(" | ") as [string, string];

  const found = mistakesIn(withFaults(`{ ${faults} }`));

  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^7:\d+ /);
  expect(found[0]).toContain(`${at} | `);
  expect(found[0]).toContain(expected);
});

test("the last good value of each limit is taken", () => {
  const good = "image-errors: 50%, wrong-bytes: 50%, restart: { at: 71h, after: 1s }, stop: { at: 0s, for: 1h }";

  expect(scenarioOf(withFaults(`{ ${good}, lost-acks: 100% }`)).backend.faults).toHaveLength(5);
});

test("a backend that is polled can answer with errors, and has no links on which messages could get lost", () => {
  const polled = (faults: string) => withFaults(`{ ${faults} }, adapter: http-poll`);

  expect(scenarioOf(polled("poll-errors: 5%")).backend.faults).toHaveLength(1);
  expect(mistakesIn(polled("doubled-offers: 5%"))).toEqual([
    expect.stringContaining("the adapter http-poll has no MQTT links: leave it out"),
  ]);
});

test("a backend at an url is nobody's to misbehave with", () => {
  const found = mistakesIn(withFaults("{ lost-offers: 1% }, url: [mqtt://127.0.0.1, http://127.0.0.1]"));

  expect(found).toEqual([expect.stringMatching(/^7:\d+ backend.faults is a mapping \| .*leave backend.url out$/)]);
});

test("a foreign broker acknowledges as it likes, while offers and images are the backend's own", () => {
  const beside = (faults: string) => withFaults(`{ ${faults} }, broker: { url: mqtt://127.0.0.1:1883 }`);

  expect(scenarioOf(beside("lost-offers: 1%, wrong-bytes: 1%")).backend.faults).toHaveLength(2);
  expect(mistakesIn(beside("status-latency: 1s, lost-acks: 1%"))).toEqual([
    expect.stringMatching(/backend.faults.status-latency .*leave it out: the broker at backend.broker/),
    expect.stringMatching(/backend.faults.lost-acks .*leave it out: the broker at backend.broker/),
  ]);
});

function withFaults(faults: string): string {
  return scenarioText({ more: `backend: { faults: ${faults} }` });
}

import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { egressTo } from "../../src/drivers/live/egress.ts";
import { foreignBackend, remoteMistakes } from "../../src/engine/foreign-backend.ts";
import { smallScenario } from "./small-runs.ts";

const LOCAL = ["mqtt://127.0.0.1:1883", "http://localhost:8080/"];
const REMOTE = ["mqtts://Broker.example", "https://api.example:8443/base/"];

test("a backend on this machine lets nodes ask nobody else", () => {
  const { baseUrl, nodes } = foreignBackend(planOf(LOCAL), true, { allowHosts: [] });

  expect(baseUrl).toBe("http://localhost:8080");
  expect(nodes.mqtt).toEqual({ host: "127.0.0.1", port: 1883, ca: undefined });
  expect(nodes.allowedHosts).toEqual([]);
});

test("--allow-remote lets nodes ask the hosts of the backend and those named beside it, and no other", () => {
  const access = { allowRemote: true, allowHosts: ["images.example"] };

  const { baseUrl, nodes } = foreignBackend(planOf(REMOTE), true, access);

  const isAllowed = egressTo(nodes.allowedHosts);
  const asked = [...REMOTE, "https://images.example/1.bin", "http://127.0.0.1/"];
  const refused = [
    "https://example/",
    "https://s3.images.example/1.bin",
    "http://10.0.0.1/",
    "http://169.254.169.254/",
  ];
  expect(baseUrl).toBe("https://api.example:8443/base");
  expect(nodes.mqtt).toMatchObject({ host: "Broker.example", port: 8883 });
  expect(asked.map((url) => isAllowed(new URL(url)))).toEqual([true, true, true, true]);
  expect(refused.map((url) => isAllowed(new URL(url)))).toEqual([false, false, false, false]);
});

test("--ca is trusted beside the public authorities, by broker, API and image downloads alike", () => {
  const { nodes } = foreignBackend(planOf(["mqtts://127.0.0.1", "https://127.0.0.1"]), true, { ca: "OWN AUTHORITY" });

  expect(nodes.mqtt?.ca).toBe(nodes.ca);
  expect(nodes.ca).toMatch(/^OWN AUTHORITY\n-----BEGIN CERTIFICATE-----/);
});

test("every url on another machine is named where none may be asked", () => {
  const urls = [...LOCAL, ...REMOTE].map((url) => new URL(url));

  expect(remoteMistakes("backend.url", urls, {}).map(({ seen }) => seen)).toEqual([
    "is mqtts://Broker.example, on another machine",
    "is https://api.example:8443/base/, on another machine",
  ]);
  expect(remoteMistakes("backend.url", urls, { allowRemote: true })).toEqual([]);
  expect(() => foreignBackend(planOf(REMOTE), true, {})).toThrow(UserError);
});

test.each([
  [["http://127.0.0.1"], true, /name an mqtt\(s\) URL and an http\(s\) one/],
  [["mqtt://127.0.0.1"], true, /name an mqtt\(s\) URL and an http\(s\) one/],
  [["mqtt://127.0.0.1"], false, /name an http\(s\) URL/],
])("a backend without the urls that its kind needs is refused: %s", (urls, isMqtt, words) => {
  expect(() => foreignBackend(planOf(urls), isMqtt, {})).toThrow(words);
});

function planOf(urls: readonly string[]) {
  return { ...smallScenario().backend, urls };
}

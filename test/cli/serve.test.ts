import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jobFor } from "../adapters/plans.ts";
import { http, link } from "../backend/embedded.ts";
import { inOneProcess } from "./one-process.ts";
import { otafleet, temporaryFolder, written } from "./otafleet.ts";
import { endServingAtLast, Serving } from "./serving.ts";

const folder = temporaryFolder();
endServingAtLast();

test("serve prints where it is, keeps its secrets in private files, and ends with 0 at Ctrl-C", async () => {
  const serving = await Serving.start([]);
  const { addresses, token, ca } = serving;
  const files = [addresses.operatorTokenFile, addresses.caFile];
  const modes = files.map((file) => statSync(file).mode & 0o777);

  const counters = await serving.operator.counters();
  const openapi = await http(`${addresses.api}/openapi.json`);
  const code = await serving.end("SIGINT");

  expect(modes).toEqual([0o600, 0o600]);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(ca).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(counters).toMatchObject({ fetches: 0 });
  expect(openapi.status).toBe(200);
  expect(code).toBe(0);
  expect(serving.stderr).toContain("for tests only");
  expect(serving.stderr).toContain(`--backend ${addresses.mqtt} ${addresses.api} --token-file`);
  expect(serving.stderr).not.toContain(token);
  expect(
    Object.values(addresses).every((address) => address.startsWith("/") || address.includes("://127.0.0.1:")),
  ).toBe(true);
  // Nothing is left of a backend in memory.
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
});

test("serve --data comes back where it was, with its secrets, nodes, images, jobs and beliefs", async () => {
  const data = join(folder, "kept");
  const first = await Serving.start(["--data", data, "--tls"]);
  const { jobId, secrets } = await smallRollout(first);
  const address = { mqttPort: first.port("mqtt"), mqttsPort: first.port("mqtts") };
  const node = await link(address, "node-0", secrets[0] ?? "", { ca: first.ca });
  await node.status(jobId, "success", "done");
  node.end();
  expect(await first.end("SIGTERM")).toBe(0);

  const second = await Serving.start(["--data", data, "--tls"]);
  const beliefs = await second.operator.beliefs(jobId);

  expect(second.addresses).toEqual(first.addresses);
  expect(first.addresses.api).toMatch(/^https:/);
  expect([second.token, second.ca]).toEqual([first.token, first.ca]);
  expect(beliefs.get("node-0")).toEqual({ belief: "success", info: "done" });
  expect(beliefs.get("node-1")?.belief).toBe("triggered");
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(readdirSync(data).map((name) => statSync(join(data, name)).mode & 0o077)).toEqual(
    readdirSync(data).map(() => 0),
  );
  await second.end("SIGINT");
});

test("a second serve on the same folder is refused, and one after a kill -9 is not", async () => {
  const data = join(folder, "locked");
  const first = await Serving.start(["--data", data]);

  const refused = await otafleet(["serve", "--data", data]);
  await first.end("SIGKILL");
  const again = await Serving.start(["--data", data]);

  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toMatch(
    /^the backend cannot use the database .*locked.backend\.sqlite: another process is using it; end the other one, .*--data\n$/,
  );
  expect(again.addresses).toEqual(first.addresses);
  await again.end("SIGINT");
});

test("a port that is taken, or none, is named", async () => {
  const first = await Serving.start([]);
  const port = first.port("api");

  const taken = await otafleet(["serve", "--port-images", String(port)]);
  const wrong = await inOneProcess(["serve", "--port-mqtt", "70000", "--port-api", "x"]);

  expect(taken.code).toBe(2);
  expect(taken.stderr).toMatch(
    new RegExp(
      `^the backend cannot listen on 127\\.0\\.0\\.1:${port}: another program .*; name another port, or 0 .*\\n$`,
    ),
  );
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toBe(
    '--port-mqtt is "70000"; must be a port from 0 to 65535; 0 is any free one\n' +
      '--port-api is "x"; must be a port from 0 to 65535; 0 is any free one\n2 mistakes.\n',
  );
  await first.end("SIGINT");
});

test.each([
  [
    "a file",
    () => written(folder, "file.txt", ""),
    "cannot be used: it, or a part of its path, is a file and no folder",
  ],
  [
    "a name below a file",
    () => join(written(folder, "above.txt", ""), "x"),
    "cannot be used: it, or a part of its path, is a file and no folder",
  ],
  ["a place that takes no folders", () => "/proc/x", "cannot be used: no folder can be made there"],
  ["a name that is too long", () => join(folder, "n".repeat(300)), "cannot be used: the name is too long"],
])("%s is no folder to keep data in, and refused in one sentence", async (_title, path, why) => {
  const data = path();

  const { code, stderr } = await inOneProcess(["serve", "--data", data]);

  expect(code).toBe(2);
  expect(stderr).toBe(`--data ${data} ${why}; name a folder that is writable, or one that is not there yet\n`);
});

test("a folder with other things in it is refused, and left as it is", async () => {
  const data = join(folder, "a-run");
  mkdirSync(data);
  for (const name of ["run.json", "events.log", "result.json", "report.html"]) written(data, name, "");

  const { code, stderr } = await inOneProcess(["serve", "--data", data]);

  expect(code).toBe(2);
  expect(stderr).toBe(
    `--data ${data} has other things in it: events.log, report.html, result.json, ...; name a new or an empty folder, or one that serve has kept its data in\n`,
  );
  expect(readdirSync(data)).toHaveLength(4);
});

async function smallRollout({ operator }: Serving) {
  const ids = ["node-0", "node-1"];
  const secrets = await operator.enrol(
    ids.map((id) => ({ id, project: "p", version: "1", type: "light", model: "p" })),
  );
  const imageId = await operator.upload({ name: "i", version: "2", project: "p", bytes: new Uint8Array(1000) });
  const jobId = await operator.createJob(jobFor(ids, { name: "kept", imageId }));
  return { jobId, secrets };
}

import { randomBytes } from "node:crypto";
import { connect as tlsConnect } from "node:tls";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedded, http, link, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

const START_MS = 1_800_000_000_000;
const IMAGE = randomBytes(4_000_000);
let running: Embedded;
let url: string;

beforeAll(async () => {
  running = await embedded({ fleetStartEpochMs: START_MS, urlLifeSeconds: 3_600 });
  const made = await rollout(running, IMAGE);
  const node = await link(running.address, "node-a", made.secrets[0] ?? "");
  await node.subscribe();
  await node.fetch();
  url = String((await node.offer())["url"]);
  node.end();
});

afterAll(() => running.stop());

describe("a signed image URL", () => {
  test("gives the whole image, byte for byte, to one connection", async () => {
    const reply = await get();

    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ "content-length": "4000000", "accept-ranges": "bytes", connection: "close" });
    expect(reply.body.equals(IMAGE)).toBe(true);
  });

  test.each([
    ["bytes=1024-", 1024, 4_000_000],
    ["bytes=0-", 0, 4_000_000],
    ["bytes=0-0", 0, 1],
    ["bytes=-10", 3_999_990, 4_000_000],
    ["bytes=3999999-9999999", 3_999_999, 4_000_000],
  ])("gives the range %s with 206", async (range, from, to) => {
    const reply = await get({ headers: { Range: range } });

    expect(reply.status).toBe(206);
    expect(reply.headers["content-range"]).toBe(`bytes ${from}-${to - 1}/4000000`);
    expect(reply.body.equals(IMAGE.subarray(from, to))).toBe(true);
  });

  test("answers a range past the end with 416 and the size", async () => {
    const reply = await get({ headers: { Range: "bytes=4000000-" } });

    expect(reply.status).toBe(416);
    expect(reply.headers["content-range"]).toBe("bytes */4000000");
  });

  test.each([["bytes=0-1,5-6"], ["chunks=1-2"], ["bytes=x"]])(
    "answers the range %s with the whole image",
    async (range) => {
      expect((await get({ headers: { Range: range } })).status).toBe(200);
    },
  );

  test("gives a range only of the image that If-Range names", async () => {
    const etag = (await get({ method: "HEAD" })).headers["etag"] ?? "";

    expect((await get({ headers: { Range: "bytes=5-", "If-Range": etag } })).status).toBe(206);
    expect((await get({ headers: { Range: "bytes=5-", "If-Range": '"other"' } })).status).toBe(200);
  });

  test("answers HEAD with the size and no body", async () => {
    const reply = await get({ method: "HEAD" });

    expect(reply.headers["content-length"]).toBe("4000000");
    expect(reply.body.length).toBe(0);
  });

  test("is refused with 403 once a byte of it is changed, and for other methods with 405", async () => {
    expect((await get({ at: url.replace("node=node-a", "node=node-b") })).status).toBe(403);
    expect((await get({ at: `${url}0` })).status).toBe(403);
    expect((await get({ method: "POST" })).status).toBe(405);
  });

  test("is refused at the server, whichever byte of it is changed", async () => {
    const start = new URL(url).origin.length + 1;
    const statuses = new Set<number>();

    for (let at = start; at < url.length; at++) {
      const other = url[at] === "A" ? "B" : "A";
      statuses.add((await get({ method: "HEAD", at: url.slice(0, at) + other + url.slice(at + 1) })).status);
    }

    expect([...statuses]).toEqual([403]);
  });

  test("is refused to a client that does not trust the backend's CA", async () => {
    await expect(http(url)).rejects.toThrow(/certificate/);
  });
});

describe("the image server", () => {
  test("makes every download a full handshake: no session is resumed", async () => {
    const first = await handshake();
    let session: Buffer | undefined;
    first.on("session", (one) => (session = one));
    const path = url.slice(new URL(url).origin.length);
    first.write(`HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    first.resume();
    await new Promise((resolve) => first.once("close", resolve));

    const second = await handshake(session ?? first.getSession());

    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });

  test("counts what it served: whole requests exactly, cut ones with at least what arrived", async () => {
    const before = running.backend.counters();
    await get();
    const socket = await handshake();
    const path = url.slice(new URL(url).origin.length);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const first = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    socket.destroy();
    await expect.poll(() => grown(before, "imageRequestsCut")).toBe(1);

    expect(grown(before, "imageRequests")).toBe(2);
    expect(grown(before, "imageRequestsWhole")).toBe(1);
    expect(grown(before, "imageBytesWhole")).toBe(4_000_000);
    expect(grown(before, "imageBytesCut")).toBeGreaterThanOrEqual(Math.min(first.length, 16_000));
    expect(grown(before, "imageBytesServed")).toBe(grown(before, "imageBytesWhole") + grown(before, "imageBytesCut"));
  });

  test("lets a URL expire in fleet time, exact to the second", async () => {
    // An origin that is yet to come: the clock stands at the start until then.
    const clock = { originHrtimeNs: String(process.hrtime.bigint() + 3_600_000_000_000n), speed: 1 };

    running.backend.setClock({ ...clock, fleetStartEpochMs: START_MS + 3_599_999 });
    expect((await get({ method: "HEAD" })).status).toBe(200);
    running.backend.setClock({ ...clock, fleetStartEpochMs: START_MS + 3_600_000 });
    expect((await get({ method: "HEAD" })).status).toBe(403);

    expect(running.backend.counters()["imageRequestsExpired"]).toBe(1);
    running.backend.setClock({ ...clock, fleetStartEpochMs: START_MS });
  });
});

function get(options: { method?: string; headers?: Record<string, string>; at?: string } = {}) {
  const { at = url, ...rest } = options;
  return http(at, { ...rest, ca: running.address.caPem });
}

function handshake(session?: Buffer): Promise<TLSSocket> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = tlsConnect(
      {
        host: "127.0.0.1",
        port: Number(port),
        ca: running.address.caPem,
        ...(session === undefined ? {} : { session }),
      },
      () => resolve(socket),
    );
    socket.once("error", reject);
  });
}

function grown(before: Readonly<Record<string, number>>, name: string): number {
  return (running.backend.counters()[name] ?? 0) - (before[name] ?? 0);
}

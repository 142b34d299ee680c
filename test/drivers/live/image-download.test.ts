import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { DownloadPacer } from "../../../src/drivers/live/download-pacer.ts";
import { allowsLoopback } from "../../../src/drivers/live/egress.ts";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { ResumableHash } from "../../../src/drivers/live/resumable-hash.ts";
import { freePort } from "./brokers.ts";
import { makeCertificates } from "./certificates.ts";
import { IMAGE, IMAGE_SHA256, port, Recorded, redirect, run, serve, serveRaw, servesImages } from "./image-server.ts";

servesImages();

describe("a download over HTTPS", () => {
  test("ends when its last byte was there, whatever this thread did with the bytes meanwhile", async () => {
    const url = await serve((_request, response) => response.end(IMAGE.subarray(0, 2_000)), "http");
    const heard = new Recorded();
    let headUs = 0;
    heard.onImageHead = () => {
      headUs = hrtimeUs();
    };

    await run({ url }, heard);

    expect(heard.end?.endedUs).toBeGreaterThan(0);
    expect(heard.end?.endedUs).toBeLessThanOrEqual(headUs);
  });

  test("streams the image, tells its head once and its digest at the end", async () => {
    const url = await serve((_request, response) => response.end(IMAGE));

    const heard = await run({ url });

    expect(heard.names).toEqual(["head 200", "first byte", "image head", "ended"]);
    expect(heard.end).toEqual({
      gotBytes: IMAGE.length,
      isComplete: true,
      sha256: IMAGE_SHA256,
      isIntact: true,
      endedUs: expect.any(Number) as number,
    });
    expect(heard.imageHead.length).toBeGreaterThanOrEqual(288);
    expect(heard.imageHead).toEqual(IMAGE.subarray(0, heard.imageHead.length));
  });

  test("tells an image that is not the expected one", async () => {
    const url = await serve((_request, response) => response.end(Buffer.concat([IMAGE.subarray(1), Buffer.of(1)])));

    const heard = await run({ url });

    expect(heard.end).toMatchObject({ gotBytes: IMAGE.length, isComplete: true, isIntact: false });
  });

  test("takes a chunked answer without a length as whole when its end came", async () => {
    const url = await serve((_request, response) => {
      response.write(IMAGE.subarray(0, 1_000));
      response.end(IMAGE.subarray(1_000));
    });

    const heard = await run({ url });

    expect(heard.end).toMatchObject({ gotBytes: IMAGE.length, isComplete: true, isIntact: true });
  });

  test("makes a full handshake and a connection of its own each time", async () => {
    const reused: boolean[] = [];
    const sockets = new Set<Socket>();
    const url = await serve((request, response) => {
      reused.push((request.socket as TLSSocket).isSessionReused());
      sockets.add(request.socket);
      response.end(IMAGE);
    });

    await run({ url });
    await run({ url });

    expect(reused).toEqual([false, false]);
    expect(sockets.size).toBe(2);
  });

  test("checks the certificate for the name in the URL", async () => {
    const url = await serve((_request, response) => response.end(IMAGE));

    const good = await run({ url: url.replace("127.0.0.1", "localhost") });
    const bad = await run({ url: url.replace("127.0.0.1", "127.0.0.2") });
    const other = await run({ url, trust: { ca: (await makeCertificates()).ca } });

    expect(good.end).toMatchObject({ isIntact: true });
    expect(bad.failure).toMatchObject({ step: "begin", err: "ESP_ERR_HTTP_CONNECT" });
    expect(other.failure).toMatchObject({ step: "begin", err: "ESP_ERR_HTTP_CONNECT" });
    expect(["certificate", "tls"]).toContain(other.failure?.cause);
  });
});

describe("a cut download", () => {
  test.each([
    [0, "head"],
    [287, "head"],
    [288, "body"],
    [100_001, "body"],
    [299_999, "body"],
  ])("counts %i bytes exactly when the server closes there, in step %s", async (cutBytes, step) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": IMAGE.length });
      response.flushHeaders();
      response.write(IMAGE.subarray(0, cutBytes), () => response.socket?.end());
      if (cutBytes === 0) response.socket?.end();
    });

    const heard = await run({ url });

    expect(heard.failure).toEqual({ step, gotBytes: cutBytes, err: "ESP_FAIL", errno: 128, cause: "closed" });
  });

  test("counts every byte that arrived before the cut, however slowly the node takes them", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": IMAGE.length });
      response.write(IMAGE.subarray(0, 40_001), () => response.socket?.end());
    });

    const heard = await run({ url, paceBytesPerSecond: 400_000 });

    expect(heard.failure).toMatchObject({ step: "body", gotBytes: 40_001, cause: "closed" });
    expect(heard.tookUs).toBeGreaterThan(90_000);
  });

  test("tells a reset from a close", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": IMAGE.length });
      response.write(IMAGE.subarray(0, 5_000));
      heard.onReached = () => response.socket?.resetAndDestroy();
    }, "http");
    const heard = new Recorded();

    await run({ url, untilBytes: 5_000, trust: undefined }, heard);

    expect(heard.failure).toMatchObject({ step: "body", gotBytes: 5_000, err: "ESP_FAIL", errno: 104, cause: "reset" });
  });

  test("goes on with a Range and ends with the digest of the whole image", async () => {
    const ranges: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      ranges.push(request.headers.range);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const end = from === 0 ? 70_500 : IMAGE.length;
      response.writeHead(from === 0 ? 200 : 206, { "content-length": IMAGE.length - from });
      response.write(IMAGE.subarray(from, end), () => response.socket?.end());
    });
    const hash = new ResumableHash(1_024);

    const first = await run({ url, hash });
    const fromBytes = hash.hashedBytes;
    const second = await run({ url, hash, fromBytes, headers: { Range: `bytes=${fromBytes}-` } });

    expect(first.failure).toMatchObject({ step: "body", gotBytes: 70_500 });
    expect(fromBytes).toBe(68 * 1_024);
    expect(ranges).toEqual([undefined, `bytes=${68 * 1_024}-`]);
    expect(second.names).toEqual(["head 206", "first byte", "ended"]);
    expect(second.end).toEqual({
      gotBytes: IMAGE.length,
      isComplete: true,
      sha256: IMAGE_SHA256,
      isIntact: true,
      endedUs: expect.any(Number) as number,
    });
  });

  test("that goes on where nothing is left ends when it was told so", async () => {
    const url = await serve((_request, response) => response.writeHead(206, { "content-length": 0 }).end());
    const askedUs = hrtimeUs();

    const { end } = await run({ url, hash: undefined, fromBytes: IMAGE.length });

    expect(end).toMatchObject({ gotBytes: IMAGE.length, isComplete: true });
    expect(end?.endedUs).toBeGreaterThan(askedUs);
  });

  test.each([["more than it sends", IMAGE.length + 1, { step: "body", gotBytes: IMAGE.length, cause: "closed" }]])(
    "is what a Content-Length makes that promises %s",
    async (_what, length, failure) => {
      const url = await serveRaw(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`, IMAGE);

      expect((await run({ url })).failure).toMatchObject(failure);
    },
  );

  test("is not what a Content-Length makes that promises less than is sent: the rest is not read", async () => {
    const url = await serveRaw(`HTTP/1.1 200 OK\r\nContent-Length: ${IMAGE.length - 1}\r\n\r\n`, IMAGE);

    expect((await run({ url })).end).toMatchObject({ gotBytes: IMAGE.length - 1, isComplete: true, isIntact: false });
  });

  test("fails in step head when the whole image is shorter than its head", async () => {
    const url = await serve((_request, response) => response.end(IMAGE.subarray(0, 287)));

    expect((await run({ url })).failure).toMatchObject({ step: "head", gotBytes: 287, err: "ESP_FAIL" });
  });
});

describe("a request that brings no image", () => {
  test.each([204, 304, 401, 403, 404, 416, 500, 503])("ends with its head at status %i", async (status) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { "x-reason": "test" });
      response.end();
    });

    const heard = await run({ url });

    expect(heard.names).toEqual([`head ${status}`]);
    expect(heard.headers["x-reason"]).toBe("test");
  });

  test("tells that nothing listens, with the firmware's name for it", async () => {
    const heard = await run({ url: `https://127.0.0.1:${await freePort()}/x.bin` });

    expect(heard.failure).toEqual({
      step: "begin",
      gotBytes: 0,
      err: "ESP_ERR_HTTP_CONNECT",
      errno: 119,
      cause: "refused",
    });
  });

  test.each([
    ["garbage", Buffer.from("\u0000\u0001 not HTTP at all\r\n\r\n"), "protocol"],
    ["nothing", Buffer.alloc(0), "closed"],
    ["half a head", Buffer.from("HTTP/1.1 200 OK\r\nContent-Le"), "closed"],
    ["a head without end", Buffer.from(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`), "protocol"],
    ["an upgrade", Buffer.from("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "closed"],
  ])("fails in step begin when the server answers %s", async (_what, bytes, cause) => {
    const url = await serveRaw("", bytes);

    expect((await run({ url, trust: undefined })).failure).toMatchObject({ step: "begin", err: "ESP_FAIL", cause });
  });

  test("fails in step begin when the server says nothing for too long, and not when it is merely slow", async () => {
    const silent = await serve(() => undefined);

    const heard = await run({ url: silent, silenceMaxUs: 50_000 });

    expect(heard.failure).toMatchObject({ step: "begin", err: "ESP_FAIL", errno: 11, cause: "silent" });
  });

  test.each(["not a url", "ftp://127.0.0.1/x", "https://", "file:///etc/passwd", ""])(
    "refuses the URL %j without a connection",
    async (url) => {
      expect((await run({ url })).failure).toMatchObject({ step: "begin", err: "ESP_FAIL" });
    },
  );

  test("goes to no host that the check refuses, at first or by a redirect", async () => {
    const url = await serve((_request, response) => redirect(response, 302, "https://192.0.2.1/x.bin"));

    const first = await run({ url: "https://192.0.2.1/x.bin" });
    const second = await run({ url });

    for (const heard of [first, second]) expect(heard.failure).toMatchObject({ step: "begin", cause: "not allowed" });
    expect(second.names).toEqual(["failed"]);
  });

  test("loopback is 127.0.0.0/8, ::1 and localhost, in whatever spelling", () => {
    const check = (text: string): boolean => allowsLoopback(new URL(text));

    expect(
      [
        "http://127.0.0.1/",
        "http://127.9.8.7/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://LOCALHOST/",
      ].map(check),
    ).not.toContain(false);
    expect(
      [
        "http://128.0.0.1/",
        "http://127.0.0.1.evil.test/",
        "http://127.evil/",
        "http://[::ffff:1.2.3.4]/",
        "http://a@192.0.2.1/",
      ].map(check),
    ).not.toContain(true);
  });
});

describe("redirects", () => {
  test.each([301, 302, 303, 307, 308])("follow status %i, relative or absolute", async (status) => {
    const url = await serve((request, response) => {
      if (request.url === "/image.bin") redirect(response, status, "/moved/twice.bin?x=1");
      else if (request.url === "/moved/twice.bin?x=1") redirect(response, status, `https://localhost:${port(url)}/end`);
      else response.end(IMAGE);
    });

    const heard = await run({ url });

    expect(heard.end).toMatchObject({ isIntact: true });
  });

  test("end after ten in a row", async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      redirect(response, 302, "/image.bin");
    });

    const heard = await run({ url });

    expect(heard.failure).toMatchObject({ step: "begin", err: "ESP_ERR_HTTP_MAX_REDIRECT" });
    expect(asked).toBe(11);
  });

  test("carry the range to another host, but no header that may be a secret", async () => {
    let seen: IncomingMessage["headers"] = {};
    const far = await serve((request, response) => {
      seen = request.headers;
      response.end(IMAGE);
    });
    const near = await serve((_request, response) => redirect(response, 307, far));

    await run({ url: near, headers: { Range: "bytes=0-", "X-Node-Key": "secret", Authorization: "secret" } });

    expect(seen.range).toBe("bytes=0-");
    expect(JSON.stringify(seen)).not.toContain("secret");
  });
});

describe("the count that is waited for", () => {
  test.each([1, 288, 1_024, 65_537, 299_999, 300_000])("is told at exactly %i bytes", async (untilBytes) => {
    const url = await serve((_request, response) => response.end(IMAGE));

    const heard = await run({ url, untilBytes });

    expect(heard.reached).toBe(untilBytes);
    expect(heard.end).toMatchObject({ isIntact: true });
  });

  test("stops the transfer at exactly that byte, and its digest at the whole KiB before", async () => {
    const url = await serve((_request, response) => response.end(IMAGE));
    const heard = new Recorded();
    const hash = new ResumableHash(1_024);
    heard.onReached = (download, gotBytes) => {
      expect(download.gotBytes).toBe(gotBytes);
      heard.stoppedAt = download.stop();
      heard.finish();
    };

    await run({ url, untilBytes: 70_001, hash }, heard);

    expect(heard.stoppedAt).toBe(70_001);
    expect(hash.hashedBytes).toBe(68 * 1_024);
    expect(heard.names).toEqual(["head 200", "first byte", "image head"]);
  });

  test("is told again wherever the next one lies, at a link's pace", async () => {
    const url = await serve((_request, response) => response.end(IMAGE));
    const heard = new Recorded();
    const counts: number[] = [];
    heard.onReached = (download, gotBytes) => {
      counts.push(gotBytes);
      expect(download.gotBytes).toBe(gotBytes);
      download.awaitBytes(gotBytes < 270_000 ? gotBytes + 30_001 : Infinity);
    };

    await run({ url, untilBytes: 30_001, paceBytesPerSecond: 2_000_000 }, heard);

    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => count * 30_001));
    expect(heard.end).toMatchObject({ gotBytes: IMAGE.length, isIntact: true });
    expect(heard.tookUs).toBeGreaterThanOrEqual(140_000);
  });
});

test("a download that is stopped in between has in flash, and in its digest, what was due by then", async () => {
  const url = await serve((_request, response) => response.end(IMAGE));
  const heard = new Recorded();
  const hash = new ResumableHash(1);
  // Nobody waits for a count, so nothing need be moved for a second.
  heard.onImageHead = (download) => {
    setTimeout(() => {
      const before = download.gotBytes;
      heard.stoppedAt = download.stop();
      expect(heard.stoppedAt).toBeGreaterThanOrEqual(before);
      heard.finish();
    }, 100);
  };

  await run({ url, paceBytesPerSecond: 100_000, hash }, heard);

  // Ten thousand bytes in a tenth of a second; a busy machine stops it later.
  expect(heard.stoppedAt).toBeGreaterThan(9_000);
  expect(hash.hashedBytes).toBe(heard.stoppedAt);
  expect(hash.digest()).toBe(createHash("sha256").update(IMAGE.subarray(0, heard.stoppedAt)).digest("hex"));
});

test("a stopped download tells nothing more and closes its connection", async () => {
  const closed: Promise<void>[] = [];
  const url = await serve((request, response) => {
    closed.push(new Promise((resolve) => request.socket.on("close", () => resolve())));
    response.writeHead(200, { "content-length": IMAGE.length });
    response.flushHeaders();
  });
  const heard = new Recorded();
  heard.onHead = (download) => {
    heard.names.push("head");
    download.stop();
    heard.finish();
  };
  const pacer = new DownloadPacer();

  await run({ url, pacer }, heard);
  await Promise.all(closed);

  expect(heard.names).toEqual(["head"]);
  expect(pacer.size).toBe(0);
});

test("the resumable digest is that of the bytes, however they are cut, and stands at whole steps", () => {
  for (const step of [1, 7, 1_024]) {
    const hash = new ResumableHash(step);
    for (let at = 0, size = 1; at < 10_000; at += size, size = (size * 7) % 611) {
      hash.update(IMAGE.subarray(at, Math.min(10_000, at + size)));
      expect(hash.hashedBytes % step).toBe(0);
    }
    expect(hash.digest()).toBe(createHash("sha256").update(IMAGE.subarray(0, 10_000)).digest("hex"));
  }
});

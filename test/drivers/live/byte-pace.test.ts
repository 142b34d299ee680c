import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BytePace } from "../../../src/drivers/live/byte-pace.ts";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { IMAGE, Recorded, run, serve, servesImages } from "./image-server.ts";

servesImages();

describe("the pace", () => {
  test("is kept within 10 %, to the last byte", async () => {
    const url = await serve((_request, response) => response.end(IMAGE));

    const heard = await run({ url, paceBytesPerSecond: 600_000 });

    expect(heard.end).toMatchObject({ isIntact: true });
    expect(heard.sinceFirstByteUs).toBeGreaterThan(450_000);
    expect(heard.sinceFirstByteUs).toBeLessThan(600_000);
  });

  test("counts at any moment only what the node can have taken by then", async () => {
    const url = await serve((_request, response) => response.end(IMAGE));
    const heard = new Recorded();
    const counts: { atUs: number; gotBytes: number }[] = [];
    heard.onReached = (download) => {
      const beginUs = hrtimeUs();
      const timer = setInterval(() => {
        counts.push({ atUs: hrtimeUs() - beginUs, gotBytes: download.gotBytes });
        if (counts.length === 10) {
          clearInterval(timer);
          heard.stoppedAt = download.stop();
          heard.finish();
        }
      }, 20);
    };

    await run({ url, paceBytesPerSecond: 500_000, untilBytes: 10_000 }, heard);

    for (const { atUs, gotBytes } of counts) {
      // One piece of 1 KiB, one tick of the pacer, and what a burst at the beginning may bring.
      expect(gotBytes).toBeLessThanOrEqual(10_000 + (atUs / 1_000_000) * 500_000 + 27_000);
    }
    expect(counts.at(-1)?.gotBytes).toBeGreaterThan(60_000);
    expect(heard.stoppedAt).toBeGreaterThanOrEqual(counts.at(-1)?.gotBytes ?? Infinity);
    expect(heard.names).toEqual(["head 200", "first byte", "image head"]);
  });

  test("holds the server back: what is not due is not read", async () => {
    const big = Buffer.alloc(16 * 1_024 * 1_024);
    const written = { bytes: 0 };
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": big.length });
      const more = (): void => {
        while (written.bytes < big.length) {
          written.bytes += 65_536;
          if (!response.write(big.subarray(0, 65_536))) break;
        }
      };
      response.on("drain", more);
      more();
    });
    const heard = new Recorded();
    heard.onReached = (download) => {
      download.stop();
      heard.finish();
    };

    await run({ url, paceBytesPerSecond: 100_000, untilBytes: 20_000, hash: undefined }, heard);

    expect(written.bytes).toBeLessThan(big.length / 2);
  });

  test("waits for a server that is slower, and gives no burst for the time that it took", async () => {
    let restUs = Infinity;
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": IMAGE.length });
      response.write(IMAGE.subarray(0, 1_000));
      setTimeout(() => {
        restUs = hrtimeUs();
        response.end(IMAGE.subarray(1_000));
      }, 300);
    });

    const heard = await run({ url, paceBytesPerSecond: 1_000_000 });

    expect(heard.end).toMatchObject({ isIntact: true });
    // 299 ms at this pace, less the 50 that a busy thread may catch up.
    expect((heard.end?.endedUs ?? 0) - restUs).toBeGreaterThan(240_000);
  });
});

test("at the moment that a pace names for so many bytes they are due, and a millisecond before they are not", () => {
  const rates = fc.integer({ min: 1, max: 500_000 });
  const sizes = fc.integer({ min: 1, max: 1_000_000 });

  fc.assert(
    fc.property(rates, sizes, fc.integer({ min: 0, max: 2 ** 40 }), (bytesPerSecond, bytes, nowUs) => {
      const pace = new BytePace(bytesPerSecond);
      pace.begin(nowUs);

      const dueUs = pace.dueAtUs(bytes);

      expect(pace.dueBytes(dueUs)).toBeGreaterThanOrEqual(bytes);
      expect(pace.dueBytes(dueUs - 1_002)).toBeLessThan(bytes);
    }),
  );
});

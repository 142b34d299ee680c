import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAedes, type TestBroker } from "./brokers.ts";
import { makeCertificates, type TestCertificates } from "./certificates.ts";
import { open, startPeer, closesLinks } from "./mqtt-peer.ts";
import { RecordedLinks } from "./recorded-links.ts";

closesLinks();

describe("a TLS link", () => {
  let certificates: TestCertificates;
  let broker: TestBroker;
  beforeAll(async () => {
    certificates = await makeCertificates();
    broker = await startAedes(certificates);
  });
  afterAll(() => broker.stop());

  test("connects with a full handshake each time and tells its share of the dial", async () => {
    const heard = new RecordedLinks();
    const tls = { ca: certificates.ca };

    open(broker, heard, { clientId: "tls-1" }, 0, { tls });
    const first = await heard.next("connected");
    open(broker, heard, { clientId: "tls-2" }, 0, { tls });
    const second = await heard.next("connected");

    for (const { parts } of [first, second]) {
      expect(parts.tlsUs).toBeGreaterThan(0);
      expect(parts.totalUs).toBeGreaterThanOrEqual(parts.tcpUs + parts.tlsUs);
    }
  });

  test("publishes and hears over TLS", async () => {
    const heard = new RecordedLinks();
    const link = open(broker, heard, { clientId: "tls-3" }, 0, { tls: { ca: certificates.ca } });
    await heard.next("connected");

    link.subscribe(["echo"]);
    await heard.next("suback");
    link.publish("echo", "x".repeat(40_000));

    expect((await heard.next("publish")).payload).toBe("x".repeat(40_000));
    await heard.next("puback");
  });

  test("checks the name that it was told, not the address that it dials", async () => {
    const heard = new RecordedLinks();

    open(broker, heard, { clientId: "n1" }, 0, { tls: { ca: certificates.ca, servername: "broker.test" } });
    await heard.next("connected");
    open(broker, heard, { clientId: "n2" }, 0, { tls: { ca: certificates.ca, servername: "other.test" } });
    expect((await heard.next("failed")).cause).toBe("certificate");
    open(broker, heard, { clientId: "n3" }, 0, { tls: { ca: certificates.ca, servername: "127.0.0.2" } });
    expect((await heard.next("failed")).cause).toBe("certificate");
  });

  test("refuses a certificate of another authority", async () => {
    const heard = new RecordedLinks();
    const other = await makeCertificates();

    open(broker, heard, { clientId: "tls-4" }, 0, { tls: { ca: other.ca } });

    // Both authorities bear one name, so OpenSSL finds the signature wrong instead of the issuer unknown.
    expect(["certificate", "tls"]).toContain((await heard.next("failed")).cause);
  });

  test("tells a peer that closes in the middle of the handshake", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer((socket) => socket.once("data", () => socket.end()), { repliesToConnect: false });

    open(peer, heard, {}, 0, { tls: { ca: certificates.ca } });

    expect((await heard.next("failed")).cause).toBe("closed");
  });

  test("tells a peer that speaks no TLS", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer((socket) => socket.write("220 hello\r\n"), { repliesToConnect: false });

    open(peer, heard, {}, 0, { tls: { ca: certificates.ca } });

    expect((await heard.next("failed")).cause).toBe("tls");
  });
});

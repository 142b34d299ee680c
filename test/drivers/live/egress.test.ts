import { expect, test } from "vitest";
import { allowsLoopback, egressTo, hostOf } from "../../../src/drivers/live/egress.ts";

const ALLOWED = egressTo(["broker.example", "10.1.2.3", "[2001:db8::1]"]);

test.each([
  "http://127.0.0.1/x",
  "https://127.9.8.7:8443/x",
  "http://127.1/",
  "http://2130706433/",
  "http://0x7f.0.0.1/",
  "http://localhost:8080/",
  "http://LOCALHOST/",
  "http://[::1]:80/",
  "mqtt://127.0.0.1:1883",
  "mqtts://localhost",
  "mqtt://[::1]",
])("this machine may always be asked: %s", (text) => {
  expect(allowsLoopback(new URL(text))).toBe(true);
  expect(ALLOWED(new URL(text))).toBe(true);
});

test.each([
  "http://example.com/",
  "http://127.0.0.1.example.com/",
  "http://127.0.0.1@example.com/",
  "http://localhost.example/",
  "http://localhost./",
  "http://0.0.0.0/",
  "http://10.0.0.1/",
  "http://192.168.1.1/",
  "http://169.254.169.254/latest/meta-data",
  "http://[::]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[fe80::1]/",
  "mqtt://128.0.0.1",
  "mqtts://broker.other",
])("no other host is asked unless it was named: %s", (text) => {
  expect(allowsLoopback(new URL(text))).toBe(false);
  expect(ALLOWED(new URL(text))).toBe(false);
});

test.each([
  "mqtts://broker.example:8883",
  "mqtt://BROKER.example",
  "https://Broker.Example/images/1.bin?sig=x",
  "http://10.1.2.3:9000/",
  "http://167838211/",
  "https://[2001:DB8:0::1]/",
])("a named host is asked in each of its spellings: %s", (text) => {
  expect(ALLOWED(new URL(text))).toBe(true);
});

test.each([
  "http://images.broker.example/",
  "http://broker.example.com/",
  "http://xbroker.example/",
  "http://broker.example./",
  "http://10.1.2.30/",
  "http://broker.example@evil.example/",
])("what only looks like a named host is not asked: %s", (text) => {
  expect(ALLOWED(new URL(text))).toBe(false);
});

test("nothing but this machine may be asked where no host was named", () => {
  expect(egressTo([])(new URL("http://broker.example/"))).toBe(false);
  expect(egressTo([])(new URL("http://127.0.0.1/"))).toBe(true);
});

test("a host has one spelling, whatever the scheme", () => {
  expect(hostOf(new URL("mqtt://Broker.Example:1883"))).toBe("broker.example");
  expect(hostOf(new URL("mqtt://0x7f.1"))).toBe("127.0.0.1");
  expect(hostOf(new URL("mqtts://[2001:DB8::0:1]"))).toBe("[2001:db8::1]");
});

import { expect, test } from "vitest";
import { causeOfError } from "../../../src/drivers/live/socket-cause.ts";

test.each([
  ["ECONNREFUSED", "refused"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["ETIMEDOUT", "timed out"],
  ["ENOTFOUND", "name not found"],
  ["EMFILE", "no file"],
  ["EADDRNOTAVAIL", "no port"],
  ["CERT_HAS_EXPIRED", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
  ["HPE_INVALID_CONSTANT", "protocol"],
  ["E_NEVER_SEEN", "other"],
])("a socket's error %s has the cause %s", (code, cause) => {
  expect(causeOfError(Object.assign(new Error("x"), { code, syscall: "read" }))).toBe(cause);
});

test("a reset that no system call reported is the far end's closing", () => {
  expect(causeOfError(Object.assign(new Error("aborted"), { code: "ECONNRESET" }))).toBe("closed");
});

test("an error without a code has the cause other", () => {
  expect(causeOfError(new Error("x"))).toBe("other");
  expect(causeOfError("x")).toBe("other");
});

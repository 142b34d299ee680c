import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeSignedPath, signedPath } from "../../src/backend/serve/signed-url.ts";
import type { UrlClaim } from "../../src/backend/serve/signed-url.ts";

const SECRET = "a secret of the run";
const CLAIM: UrlClaim = {
  imageId: "6DfAeBS7UKJWD4GXRzKoYC",
  imageName: "thermo stat/2",
  nodeId: "node-1",
  jobId: "job-1",
  sizeBytes: 1000,
  expiresSeconds: 1_800_000_000,
};
const PATH = signedPath(SECRET, CLAIM);

test("a signed URL is valid until the second before it expires", () => {
  expect(judge(PATH, CLAIM.expiresSeconds - 1)).toBe("valid");
  expect(judge(PATH, CLAIM.expiresSeconds)).toBe("expired");
});

test("a signed URL with any byte changed is forged", () => {
  fc.assert(
    fc.property(fc.nat(PATH.length - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
      const changed = PATH.slice(0, at) + String.fromCharCode(code) + PATH.slice(at + 1);
      fc.pre(changed !== PATH);

      expect(judge(changed, 0)).toBe("forged");
    }),
    { numRuns: 1000 },
  );
});

test("a signed URL with anything added or taken away is forged", () => {
  for (const changed of [
    `${PATH}&x=1`,
    `${PATH}#x`,
    PATH.slice(0, -1),
    `/${PATH}`,
    PATH.replace("%20", "+"),
    "",
    "/",
    "/images/%ff/x",
  ]) {
    expect(judge(changed, 0)).toBe("forged");
  }
});

test("a signed URL of an image that has changed its size or is gone is forged", () => {
  expect(judgeSignedPath(SECRET, PATH, 0, () => 1001).kind).toBe("forged");
  expect(judgeSignedPath(SECRET, PATH, 0, () => undefined).kind).toBe("forged");
});

test("a signed URL has no second spelling: no character of it may be written as %xx", () => {
  for (let at = 0; at < PATH.length; at++) {
    const hex = PATH.charCodeAt(at).toString(16).padStart(2, "0");
    for (const spelt of [`%${hex}`, `%${hex.toUpperCase()}`]) {
      expect(judge(PATH.slice(0, at) + spelt + PATH.slice(at + 1), 0)).toBe("forged");
    }
  }
});

test.each<[string, Partial<UrlClaim>]>([
  ["image", { imageId: "7DfAeBS7UKJWD4GXRzKoYC" }],
  ["image's name", { imageName: "other" }],
  ["node", { nodeId: "node-2" }],
  ["job", { jobId: "job-2" }],
  ["expiry", { expiresSeconds: CLAIM.expiresSeconds + 1 }],
])("a signature is good for no other %s", (_what, other) => {
  const signature = PATH.slice(PATH.indexOf("&sig="));
  const foreign = signedPath(SECRET, { ...CLAIM, ...other });

  expect(judgeSignedPath(SECRET, foreign, 0, () => CLAIM.sizeBytes).kind).toBe("valid");
  const moved = foreign.replace(/&sig=.*/, signature);
  expect(judgeSignedPath(SECRET, moved, 0, () => CLAIM.sizeBytes).kind).toBe("forged");
});

test("of 100,000 random signatures none is good", () => {
  const unsigned = PATH.slice(0, PATH.indexOf("&sig=") + 5);
  let forged = 0;

  for (let tried = 0; tried < 100_000; tried++) {
    if (judge(unsigned + randomBytes(32).toString("base64url"), 0) === "forged") forged++;
  }

  expect(forged).toBe(100_000);
});

test("a URL signed with another secret is forged", () => {
  expect(judge(signedPath("another", CLAIM), 0)).toBe("forged");
});

function judge(path: string, nowSeconds: number): string {
  return judgeSignedPath(SECRET, path, nowSeconds, (id) => (id === CLAIM.imageId ? CLAIM.sizeBytes : undefined)).kind;
}

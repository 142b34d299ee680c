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

test("a URL signed with another secret is forged", () => {
  expect(judge(signedPath("another", CLAIM), 0)).toBe("forged");
});

function judge(path: string, nowSeconds: number): string {
  return judgeSignedPath(SECRET, path, nowSeconds, (id) => (id === CLAIM.imageId ? CLAIM.sizeBytes : undefined)).kind;
}

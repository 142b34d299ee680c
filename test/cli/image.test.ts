import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inOneProcess } from "./one-process.ts";
import { otafleet, PROJECT, temporaryFolder, written } from "./otafleet.ts";
import { refused, told } from "./told.ts";

const folder = temporaryFolder();
const firmware = process.env["OTAFLEET_FIRMWARE"] ?? "";

test.concurrent("image make writes an image that info describes and verify finds sound", async () => {
  const path = join(folder, "made.bin");
  const asked = ["--chip", "esp32s3", "--project", "thermostat", "--version", "2.1.0", "--size", "64KiB"];

  const made = await inOneProcess(["image", "make", "-o", path, ...asked, "--secure-version", "3"]);
  const info = await inOneProcess(["image", "info", path]);
  const verified = await inOneProcess(["image", "verify", path]);

  expect(made).toEqual({ code: 0, stdout: "", stderr: `${path}: 65536 bytes\n` });
  expect(info.stdout).toMatch(/^project +thermostat\nversion +2\.1\.0\nchip +ESP32-S3 \(0x0009\)\n/);
  expect(info.stdout).toMatch(/\nsecure version +3\n/);
  expect(verified).toEqual({ code: 0, stdout: "sound: thermostat 2.1.0 for esp32s3\nsignature: none\n", stderr: "" });
});

test.concurrent("image info --json says the same to programs", async () => {
  const path = join(folder, "for-programs.bin");
  await inOneProcess(["image", "make", path, "--version", "2.2.0", "--size", "4KiB"]);

  const { code, stdout } = await inOneProcess(["image", "info", path, "--json"]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    chip: "esp32c3",
    description: { project: "demo", version: "2.2.0" },
    fileLengthBytes: 4096,
    signature: "none",
  });
});

test.concurrent("image make gives the same bytes for the same words, and others for another seed", async () => {
  const paths = ["a", "b", "c"].map((name) => join(folder, `same-${name}.bin`));

  await Promise.all(
    paths.map((path, index) =>
      inOneProcess(["image", "make", path, "--size", "4KiB", "--seed", index < 2 ? "5" : "6"]),
    ),
  );

  const [a, b, c] = paths.map((path) => readFileSync(path));
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
});

test.concurrent("image make writes defects into the image, and info tells them", async () => {
  const path = join(folder, "bad.bin");
  const defects = ["--defect", "boot-loop:rev-b:30%", "--defect", "boot-loop:5%:rev-a:after=14d", "--defect", "brick"];

  const made = await inOneProcess(["image", "make", path, "--size", "4KiB", ...defects]);
  const info = await inOneProcess(["image", "info", path]);
  const verified = await inOneProcess(["image", "verify", path]);

  expect(made.code).toBe(0);
  expect(info.stdout.match(/^defect .*$/gm)?.map((line) => line.replace(/^defect +/, ""))).toEqual([
    "boot-loop on 30% of rev-b",
    "boot-loop on 5% of rev-a, 14d after its boot",
    "brick on every node",
  ]);
  expect(verified.stdout).toMatch(/^sound: demo 2\.0\.0 for esp32c3\n/);
});

test.concurrent("image make leaves a file that is there alone, unless it is told to overwrite it", async () => {
  const path = written(folder, "precious.bin", "precious");

  const first = await inOneProcess(["image", "make", path]);
  const kept = readFileSync(path, "utf8");
  const forced = await inOneProcess(["image", "make", path, "--force", "--size", "4KiB"]);

  expect(first).toEqual({
    code: 2,
    stdout: "",
    stderr: `${path}: is there already; name a new file, or add --force\n`,
  });
  expect(kept).toBe("precious");
  expect([forced.code, readFileSync(path).length]).toEqual([0, 4096]);
});

test.concurrent("image make names every wrong flag at once", async () => {
  const { lines, exitCode } = await told("image", "make", "--size", "12", "--secure-version", "x", "--seed", "-1");

  expect(exitCode).toBe(2);
  expect(lines.map((line) => line.split(";")[0])).toEqual([
    "--out is missing",
    '--size is "12"',
    '--secure-version is "x"',
    '--seed is "-1"',
    "4 mistakes.",
  ]);
});

test.concurrent("image verify --key tells a node's own key from another, and an unsigned image from both", async () => {
  const [own, other] = [keyPair("own"), keyPair("other")];
  const signed = join(folder, "signed.bin");
  const unsigned = join(folder, "unsigned.bin");
  await inOneProcess(["image", "make", signed, "--size", "8KiB", "--sign", own.privatePath]);
  await inOneProcess(["image", "make", unsigned, "--size", "8KiB"]);

  const [good, both, wrong, none] = await Promise.all([
    inOneProcess(["image", "verify", signed, "--key", own.publicPath]),
    inOneProcess(["image", "verify", signed, "--key", other.publicPath, "--key", own.publicPath]),
    inOneProcess(["image", "verify", signed, "--key", other.publicPath]),
    inOneProcess(["image", "verify", unsigned, "--key", own.publicPath]),
  ]);

  expect(good.code).toBe(0);
  expect(good.stdout).toContain(`signature: good (ecdsa-p256), by ${own.publicPath}; key digest `);
  expect(both.stdout).toContain(`by ${own.publicPath}`);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("is signed by another key; ")]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("is not signed; ")]);
});

test.concurrent("image verify refuses what was changed after signing", async () => {
  const { privatePath } = keyPair("changed");
  const path = join(folder, "changed.bin");
  await inOneProcess(["image", "make", path, "--size", "8KiB", "--sign", privatePath]);
  const bytes = readFileSync(path);
  // In the padding behind the image, which its own SHA-256 does not cover; 8 KiB need none, so in the block itself.
  bytes[8192 + 900] = (bytes[8192 + 900] ?? 0) ^ 1;
  written(folder, "changed.bin", bytes);

  const { code, stderr } = await inOneProcess(["image", "verify", path]);

  expect(code).toBe(2);
  expect(stderr).toMatch(/changed\.bin: .*signature/);
});

test.each([
  { title: "a file that is not there", name: "missing.bin", make: () => {}, said: "there is no such file or folder" },
  { title: "a folder", name: "folder.bin", make: (path: string) => mkdirSync(path), said: "is a folder" },
  {
    title: "a pipe that nobody writes to",
    name: "pipe.bin",
    make: (path: string) => spawnSync("sh", ["-c", 'mkfifo "$0"', path]),
    said: "is no regular file",
  },
  { title: "an empty file", name: "empty.bin", make: (path: string) => written(path, "", ""), said: "it is empty" },
  {
    title: "a file of 17 MiB",
    name: "large.bin",
    make: (path: string) => truncateSync(written(path, "", ""), 17 * 2 ** 20),
    said: "has 17825792 bytes; an image has at most 16777216 bytes",
  },
])("image info and run --image refuse $title in one line", async ({ name, make, said }) => {
  const path = join(folder, name);
  make(path);

  const info = await refused(["image", "info", path], folder);
  const run = await refused(["run", join(PROJECT, "scenarios/first-rollout.yaml"), "--image", path], folder);

  for (const lines of [info, run]) {
    expect(lines).toEqual([expect.stringContaining(`${path}: `)]);
    expect(lines[0]).toContain(said);
  }
});

test.concurrent("what is refused leaves the process one line on standard error", async () => {
  const path = written(folder, "empty-too.bin", "");
  const { lines, exitCode } = await told("image", "info", path);

  expect(await otafleet(["image", "info", path])).toEqual({ code: exitCode, stdout: "", stderr: `${lines[0]}\n` });
});

if (firmware === "") console.warn("skipped: tests with real firmware need OTAFLEET_FIRMWARE to name a folder of it");

describe.skipIf(firmware === "").concurrent("real firmware", () => {
  const names = firmware === "" ? [] : readdirSync(firmware).filter((name) => name.endsWith(".bin"));
  const REFUSED: readonly (readonly [name: RegExp, reason: string])[] = [
    [/bootloader/, "the file is a bootloader"],
    [/merged-factory/, "the file is a merged factory image of the whole flash"],
    [/partition/, "the file is a partition table"],
    [/otadata/, "the file is an otadata partition"],
    [/^esp8266/, "the file is an image for the ESP8266"],
    [/header-only/, "the file is too short for an application image"],
  ];

  test.each(names.map((name) => ({ name, reason: REFUSED.find(([pattern]) => pattern.test(name))?.[1] })))(
    "image info $name: $reason",
    async ({ name, reason }) => {
      const { code, stdout, stderr } = await inOneProcess(["image", "info", join(firmware, name)]);

      if (reason === undefined) {
        expect([code, stderr]).toEqual([0, ""]);
        expect(stdout).toMatch(/^project +\S.*\nversion +\S.*\nchip +ESP32/);
      } else {
        expect([code, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(/^[^\n]+\n$/);
        expect(stderr).toContain(`${name}: ${reason}: `);
      }
    },
  );

  test("inspect --image takes a real image in place of the scenario's", async () => {
    const image = join(firmware, "esp32c3-wled-0.14.4.bin");

    const { code, stdout } = await inOneProcess([
      "inspect",
      "scenarios/first-rollout.yaml",
      "--image",
      image,
      "--json",
    ]);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: { image: { from: "file", path: image, project: "arduino-lib-builder", sizeBytes: 1503744 } },
    });
  });

  test("image verify tells the signatures of a bootloader, and that it is no application", async () => {
    const at = (name: string): string => join(firmware, "secure-boot", name);
    const key = at("rsa_secure_boot_signing_pubkey.pem");

    const { code, stdout, stderr } = await inOneProcess([
      "image",
      "verify",
      at("bootloader_signed_v2_rsa.bin"),
      "--key",
      key,
    ]);

    expect(code).toBe(2);
    expect(stdout).toMatch(/^signature: good \(rsa-3072\), by .*pubkey\.pem; key digest cb2791a371b0/);
    expect(stderr).toContain("the file is a bootloader: ");
  });
});

function keyPair(name: string): { readonly privatePath: string; readonly publicPath: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privatePath: written(folder, `${name}.pem`, privateKey.export({ type: "pkcs8", format: "pem" })),
    publicPath: written(folder, `${name}.pub.pem`, publicKey.export({ type: "spki", format: "pem" })),
  };
}

import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { checkRoom, FILES_RESERVED, filesOf, machineLimits, portsOf } from "../../src/engine/preflight.ts";
import { workersFor } from "../../src/engine/run-options.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             63202                63202                processes
Max open files            1024                 524288               files
`;

test("a fleet fits as long as each node can have a link and a download", () => {
  const limits = { files: FILES_RESERVED + 2 * 500, ports: undefined };

  expect(() => checkRoom(each(500), limits)).not.toThrow();
  expect(() => checkRoom(each(501), limits)).toThrow(UserError);
});

test("a fleet of which half can download at once needs three sockets for two nodes", () => {
  const limits = { files: FILES_RESERVED + 1_500, ports: undefined };

  expect(() => checkRoom({ nodes: 1_000, downloads: 500 }, limits)).not.toThrow();
  expect(() => checkRoom({ nodes: 1_002, downloads: 501 }, limits)).toThrow(
    /room for at most 1000 nodes here, with a link each and downloads of 50 % at once/,
  );
});

test("a fleet that does not fit is refused with the largest one that does", () => {
  expect(() => checkRoom(each(5_000), { files: 1_024, ports: 28_232 })).toThrow(
    /^nodes is 5000, but a process may open 1024 files \(ulimit -n\); there is room for at most 448 nodes here.*\(-n 448\)$/,
  );
  expect(() => checkRoom(each(90_000), { files: 1e6, ports: 28_232 })).toThrow(
    /28232 ports.*room for at most 28104 nodes/,
  );
});

test("a system that does not tell its limits refuses nothing", () => {
  expect(() => checkRoom(each(10_000_000), { files: undefined, ports: undefined })).not.toThrow();
});

test("limits are read as Linux writes them, and from nothing else", () => {
  expect(filesOf(LIMITS)).toBe(1024);
  expect(filesOf(LIMITS.replace("1024 ", "unlimited"))).toBeUndefined();
  expect(filesOf("")).toBeUndefined();
  expect(portsOf("32768\t60999\n")).toBe(28_232);
  expect(portsOf("")).toBeUndefined();
  expect(portsOf("9 8")).toBeUndefined();
  expect(() => machineLimits()).not.toThrow();
});

test("workers are one a core, at most two, and never more than nodes", () => {
  expect([workersFor(1_000, 1), workersFor(1_000, 2), workersFor(1_000, 64), workersFor(1, 2)]).toEqual([1, 2, 2, 1]);
});

/** So many nodes, all of which may download at once. */
function each(nodes: number) {
  return { nodes, downloads: nodes };
}

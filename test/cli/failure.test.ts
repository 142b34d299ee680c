import { expect, test } from "vitest";
import { assert as invariant } from "../../src/base/assert.ts";
import { UserError } from "../../src/base/user-error.ts";
import { BrokenRun, failureOf } from "../../src/cli/failure.ts";
import { BackendFailure } from "../../src/engine/backend-failure.ts";
import { LockLost } from "../../src/engine/sweep/folder-lock.ts";

const quietly = { argv: ["run", "my scenario.yaml", "--seed", "7"], wantsStack: false };

test("a mistake of the user is one line with its place, exit code 2", () => {
  const error = new UserError({
    file: "x.yaml",
    line: 4,
    column: 8,
    field: "nodes",
    seen: "is 0",
    expected: "must be 1",
  });

  expect(failureOf(error, quietly)).toEqual({ lines: ["x.yaml:4:8: nodes is 0; must be 1"], exitCode: 2 });
});

test("a sweep whose folder another one took over is incomplete, exit code 5", () => {
  const error = new LockLost({ file: "night", seen: "was taken over", expected: "this one has stopped" });

  expect(failureOf(error, quietly)).toEqual({ lines: ["night: was taken over; this one has stopped"], exitCode: 5 });
});

test("several mistakes are a line each, with their number behind", () => {
  const at = (line: number) => ({ file: "x.yaml", line, column: 1, seen: "is wrong", expected: "mend it" });

  const { lines } = failureOf(new UserError([at(1), at(9)]), quietly);

  expect(lines).toEqual(["x.yaml:1:1: is wrong; mend it", "x.yaml:9:1: is wrong; mend it", "2 mistakes."]);
});

test("a backend that cannot be used is one line, exit code 3", () => {
  const failure = failureOf(new BackendFailure("no backend at http://127.0.0.1:9"), quietly);

  expect(failure).toEqual({ lines: ["otafleet: no backend at http://127.0.0.1:9"], exitCode: 3 });
});

test("a broken invariant says that otafleet is broken, how to report and how to repeat it, exit code 1", () => {
  const { lines, exitCode } = failureOf(
    caught(() => invariant(false, "a slot has an image")),
    quietly,
  );

  expect(exitCode).toBe(1);
  expect(lines[0]).toBe("otafleet itself is broken: a slot has an image");
  expect(lines[1]).toContain("please report it");
  expect(lines[2]).toBe("  Repeat it with: otafleet run 'my scenario.yaml' --seed 7");
  expect(lines.join("\n")).not.toMatch(/^\s+at /m);
});

test("whatever else breaks inside of a run is told with the run's own command", () => {
  const error = new BrokenRun("otafleet run x.yaml --nodes 5", new TypeError("x is undefined"));

  const { lines } = failureOf(error, quietly);

  expect(lines[0]).toBe("otafleet itself is broken: TypeError: x is undefined");
  expect(lines[2]).toBe("  Repeat it with: otafleet run x.yaml --nodes 5");
});

test("a stack is shown to whoever asks for it", () => {
  const { lines } = failureOf(new BrokenRun("otafleet run x.yaml", new Error("deep")), {
    ...quietly,
    wantsStack: true,
  });

  expect(lines.join("\n")).toMatch(/^Error: deep\n\s+at /m);
});

test("what is thrown may be no error at all, and may hold what a terminal obeys", () => {
  const { lines } = failureOf("\u001b[2Jgone\nand more", quietly);

  expect(lines[0]).toBe("otafleet itself is broken: \\x1b[2Jgone and more");
  const shown = failureOf(new Error("\u001b[2Jgone"), { ...quietly, wantsStack: true }).lines.join("\n");
  expect(shown).toContain("Error: \\x1b[2Jgone");
  expect(shown).not.toContain("\u001b");
});

function caught(act: () => void): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

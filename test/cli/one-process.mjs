/** Runs the command lines that it is sent, one after the other, and answers what each printed and ended with. */
import { typedCommand } from "../../dist/cli/typed-command.js";

let printed = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  process[name].write = (chunk, encoding, done) => {
    printed[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    (typeof encoding === "function" ? encoding : done)?.();
    return true;
  };
}

let last = Promise.resolve();
process.on("message", (asked) => {
  last = last.then(() => answer(asked));
});
process.on("disconnect", () => process.exit());

async function answer({ id, words, env }) {
  printed = { stdout: "", stderr: "" };
  const before = { ...process.env };
  Object.assign(process.env, env);
  const { lines, exitCode } = await typedCommand(words, false);
  for (const name of Object.keys(env)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  // As the entry of the program does it.
  for (const line of lines) printed.stderr += `${line}\n`;
  process.send({ id, ended: { code: exitCode, ...printed } });
}

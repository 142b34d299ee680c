/** Runs command lines one after the other in this process, and prints the exit code of each: for small heaps. */
import { typedCommand } from "../../dist/cli/typed-command.js";

const codes = [];
for (const words of JSON.parse(process.argv[2])) codes.push((await typedCommand(words, false)).exitCode);
console.log(JSON.stringify(codes));

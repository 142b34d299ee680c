// A run in a process of its own, for tests that harm the process: a line once offers have gone out, and one at the end.
import { readFileSync } from "node:fs";
import { runScenario } from "../../dist/engine/run.js";

const { scenario, image, outDir } = JSON.parse(readFileSync(process.argv[2], "utf8"));
let hasOffers = false;
const { result, unwritten } = await runScenario(
  { scenario, imageBytes: Buffer.from(image, "base64"), outDir },
  {
    onPhase: () => {},
    onProgress: ({ offers }) => {
      if (offers > 3 && !hasOffers) hasOffers = process.stdout.write("offers\n");
    },
  },
);
process.stdout.write(`${JSON.stringify({ verdict: result.verdict, reasons: result.reasons, unwritten })}\n`);

// Plays a scenario, given as JSON on standard input, under the virtual driver and prints the hash of its records. A
// process of its own, so that time zone and locale can be given to it; so it runs what was built.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const dist = (path) => new URL(`../../dist/${path}`, import.meta.url).href;
const { VirtualFleet } = await import(dist("drivers/virtual/virtual-fleet.js"));
const { adapterOf } = await import(dist("adapters/adapters.js"));

const { scenario, image } = JSON.parse(readFileSync(0, "utf8"));
const hash = createHash("sha256");
const sink = { record: (...numbers) => hash.update(new Float64Array(numbers)) };
new VirtualFleet({ scenario, images: [image], adapter: adapterOf(scenario.backend.adapter), sink }).run(() => false);
const { timeZone, locale } = new Intl.DateTimeFormat().resolvedOptions();
process.stdout.write(JSON.stringify({ hash: hash.digest("hex"), timeZone, locale }));

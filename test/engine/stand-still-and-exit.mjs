// A process that ends at once while its backend stands still, as a run does at a second signal.
import { BackendProcess } from "../../dist/engine/backend-process.js";

const backend = await BackendProcess.start({});
void backend.pause(60_000);
process.stdout.write(String(backend.pid), () => process.exit(0));

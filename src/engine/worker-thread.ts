/** What a thread of a live run starts from: its task is a shard. */
import { takeTasks } from "./taken-tasks.ts";
import { runShard } from "./worker.ts";

takeTasks(runShard);

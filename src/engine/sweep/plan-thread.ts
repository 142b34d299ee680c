/** What a thread of the pool of plans starts from: its tasks are plans, one after the other. */
import { takeTasks } from "../taken-tasks.ts";
import { planRun } from "./plan-worker.ts";

takeTasks(planRun);

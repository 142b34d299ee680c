import { holdInvariants } from "./seeds.ts";

holdInvariants(251, 501);

import { holdInvariants } from "./seeds.ts";

holdInvariants(3);

import { holdInvariants } from "./seeds.ts";

holdInvariants(2);

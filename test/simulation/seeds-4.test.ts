import { holdInvariants } from "./seeds.ts";

holdInvariants(751, 1001);

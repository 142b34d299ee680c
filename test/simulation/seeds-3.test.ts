import { holdInvariants } from "./seeds.ts";

holdInvariants(501, 751);

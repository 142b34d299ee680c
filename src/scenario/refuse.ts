/** How checks of a scenario's sense tell a mistake. `seen`: left out, what stands there. */
export type Refuse = (path: readonly PropertyKey[], expected: string, seen?: string) => void;

/** Whether means of independent runs agree with a formula. */

/** The 99.9 % quantile, two-sided, of Student's t with 19 degrees of freedom (tables). */
const T_19 = 3.883;

/** Whether the formula's value lies in the 99.9 % confidence interval of the mean of 20 runs. */
export function isWithinConfidence(runs: readonly number[], formula: number): boolean {
  if (runs.length !== 20) throw new Error("the quantile is of 20 runs");
  const mean = runs.reduce((sum, run) => sum + run, 0) / runs.length;
  const variance = runs.reduce((sum, run) => sum + (run - mean) ** 2, 0) / (runs.length - 1);
  return Math.abs(mean - formula) <= T_19 * Math.sqrt(variance / runs.length);
}

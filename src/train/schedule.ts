/** When the learning rate is what. */
export interface ScheduleOptions {
  /** The highest learning rate, reached at the end of the warm-up. */
  readonly peak: number;
  readonly totalSteps: number;
  /** Steps of linear warm-up from 0; 0 for none. */
  readonly warmupSteps: number;
}

/**
 * Learning rate of a step under linear warm-up followed by half a cosine down to 0 (Loshchilov and Hutter, 2017).
 * @param step - 0 for the first
 */
export function cosineWithWarmup(step: number, { peak, totalSteps, warmupSteps }: ScheduleOptions): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
}

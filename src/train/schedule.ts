/** When the learning rate is what. */
export interface ScheduleOptions {
  /** The highest learning rate, reached at the end of the warm-up. */
  readonly peak: number;
  /** Steps of the whole run, warm-up included. */
  readonly totalSteps: number;
  /** Steps of linear warm-up; 0 for none. */
  readonly warmupSteps: number;
  /** Learning rate of the warm-up's first step; peak / warmupSteps by default, as from 0 before it. */
  readonly warmupStart?: number | undefined;
  /**
   * Share of the peak that the last step's learning rate is, from 0 to 1. By default the cosine would reach 0 one step after
   * the last.
   */
  readonly cosineFloor?: number | undefined;
}

/**
 * Learning rate of a step under linear warm-up followed by half a cosine down to 0 (Loshchilov and Hutter, 2017), or to a
 * floor.
 * @param step - 0 for the first
 */
export function cosineWithWarmup(step: number, options: ScheduleOptions): number {
  const { peak, totalSteps, warmupSteps, warmupStart = peak / warmupSteps, cosineFloor } = options;
  if (step < warmupSteps - 1) return warmupStart + ((peak - warmupStart) * step) / (warmupSteps - 1);
  if (step < warmupSteps) return peak;
  const [floor, end] = cosineFloor === undefined ? [0, totalSteps] : [cosineFloor * peak, totalSteps - 1];
  const progress = (step - warmupSteps) / Math.max(1, end - warmupSteps);
  return floor + ((peak - floor) * (1 + Math.cos(Math.PI * progress))) / 2;
}

/** What InfoNCE, DCL and the multiplier q depend on besides the embeddings. */
export interface TemperatureOptions {
  /** Divides the similarities; above 0. Default 0.1. */
  readonly temperature?: number;
}

/** Settings of the losses that are not given. */
export const defaults = { temperature: 0.1, sigma: 0.5 } as const;

/** Settings of the losses that are not given. */
export const defaults = { temperature: 0.1, sigma: 0.5 } as const;

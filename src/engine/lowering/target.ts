/** What the machine that runs the graph can do. */
export interface Target {
  /**
   * Channels per block of onnxruntime's blocked layout (domain com.microsoft.nchwc), 0 where it has none. Its optimiser
   * uses that layout for constant weights only; a graph may name the operators itself.
   */
  readonly block: number;
  /** How many threads share one operator's work. */
  readonly threads: number;
}

/** What runs the graph, and what it can do. */
export interface Target {
  /** onnxruntime's provider. What it has no kernel for is computed on the CPU, with copies there and back. */
  readonly device: 'cpu' | 'webgpu' | 'cuda';
  /**
   * Channels per block of onnxruntime's blocked layout (domain com.microsoft.nchwc), 0 where it has none. Its optimiser
   * uses that layout for constant weights only; a graph may name the operators itself.
   */
  readonly block: number;
  /** How many threads share one operator's work. */
  readonly threads: number;
}

/** The parts of tfjs-core's npm package that hold its own specs; they have declarations, but no entry in its exports. */
declare module '@tensorflow/tfjs-core/dist/jasmine_util' {
  export function setTestEnvs(
    environments: readonly {
      readonly name: string;
      readonly backendName: string;
      /** Whether tensors can be read synchronously. */
      readonly isDataSync: boolean;
    }[],
  ): void;
}

declare module '@tensorflow/tfjs-core/dist/tests';

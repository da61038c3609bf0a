/** A module that runs in another thread or process, and the Node options that it needs. */
export interface WorkerFile {
  readonly url: URL;
  readonly execArgv: string[];
}

/**
 * The worker beside a module. Compiled, it is JavaScript; run from its TypeScript source, it needs tsx as tests do.
 * @param name - without extension
 * @param module - the `import.meta.url` of the module
 */
export function workerFile(name: string, module: string): WorkerFile {
  const isSource = module.endsWith('.ts');
  return {
    url: new URL(`./${name}.${isSource ? 'ts' : 'js'}`, module),
    execArgv: isSource ? ['--import', 'tsx'] : [],
  };
}

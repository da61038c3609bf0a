/**
 * Runs the notebook kernel in this process, as Jupyter asks for it by a kernel spec; it ends when a front end shuts it
 * down.
 *
 * @param connectionFile Path of the connection file that Jupyter wrote
 * @throws InputError when the connection file cannot be used
 */
export async function startKernel(connectionFile: string): Promise<void> {
  // Only a kernel needs tslab's compiler, and it is slow to load.
  const kernel = await import('./kernel.js');
  await kernel.runKernel(connectionFile);
}

import { progress } from '../notebook/index.js';
import { duration, speed } from '../notebook/watch/status-line.js';
import { estimate, type PretrainOptions } from '../train/index.js';

/** Times a few steps of a run and tells what all of them would take. */
export async function tellEstimate(options: PretrainOptions): Promise<void> {
  const { imagesPerSecond, totalSteps, seconds, peakMemory } = await estimate(options, {
    onProgress: progress('Timing steps'),
  });
  const days = seconds > 86_400 ? ` (${(seconds / 86_400).toFixed(1)} days)` : '';
  console.log(`${speed(imagesPerSecond)}, median of a few steps`);
  console.log(`${totalSteps} steps: ${duration(seconds)}${days}`);
  console.log(`${(peakMemory / 2 ** 30).toFixed(1)} GiB of memory at most so far, a GPU's own not counted`);
}

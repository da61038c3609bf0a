import type { EvaluationEvent } from '../../train/index.js';
import type { Progress, RunHistory } from './history.js';

/** Such as `epoch 2/10, step 340/1870, 1204 images/s, 2 min 10 s left, loss 2.314, q 0.12, kNN top-1 43.2 %`. */
export function statusLine(progress: Progress): string {
  return [placeLine(progress), valuesLine(progress)].filter(Boolean).join(', ');
}

/** Such as `epoch 2/10, step 340/1870, 1204 images/s, 2 min 10 s left`. */
export function placeLine({ steps, step, totalSteps, totalEpochs, secondsLeft }: Progress): string {
  if (step === 0) return 'preparing the first step';
  const last = steps.at(-1);
  return [
    `epoch ${Math.ceil((step * totalEpochs) / totalSteps)}/${totalEpochs}`,
    `step ${Number.isInteger(step) ? step : step.toFixed(2)}/${totalSteps}`,
    ...(last === undefined ? [] : [speed(last.imagesPerSecond)]),
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
  ].join(', ');
}

/** Such as `loss 2.314, q 0.12, kNN top-1 43.2 %`; empty before the first step that is reported. */
export function valuesLine({ steps, evaluations }: Pick<Progress, 'steps' | 'evaluations'>): string {
  const last = steps.at(-1);
  if (last === undefined) return '';
  const evaluation = evaluations.at(-1);
  return [
    `loss ${last.loss.toFixed(3)}`,
    `q ${last.multiplier.mean.toFixed(2)}`,
    ...(evaluation === undefined ? [] : [accuraciesLine(evaluation)]),
  ].join(', ');
}

/** Such as `kNN top-1 43.2 %, linear top-1 45.0 %`. */
export function accuraciesLine({ accuracies }: Pick<EvaluationEvent, 'accuracies'>): string {
  return Object.entries(accuracies)
    .map(([name, value]) => `${name} ${(100 * value).toFixed(1)} %`)
    .join(', ');
}

/** Such as `completed at step 1870 after 4 min 2 s, loss 1.234`; of a run that was stopped also the checkpoint. */
export function endLine({ steps, step, evaluations, reason, seconds, checkpoint }: RunHistory): string {
  const last = steps.at(-1);
  const evaluation = evaluations.at(-1);
  return [
    `${reason} at step ${step} after ${duration(seconds)}`,
    ...(last === undefined ? [] : [`loss ${last.loss.toFixed(3)}`]),
    ...(evaluation === undefined ? [] : [accuraciesLine(evaluation)]),
    ...(reason === 'completed' || checkpoint === undefined ? [] : [`checkpoint ${checkpoint}`]),
  ].join(', ');
}

export function speed(imagesPerSecond: number): string {
  return `${imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : Math.round(imagesPerSecond)} images/s`;
}

/** Seconds as people say them: `42 s`, `2 min 10 s`, `3 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

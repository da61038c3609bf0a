import type { Progress, RunHistory } from './history.js';

/** Such as `epoch 2/10, step 340/1870, loss 2.314, q 0.12, 1204 images/s, 2 min 10 s left`. */
export function statusLine({ steps, totalSteps, totalEpochs, secondsLeft }: Progress): string {
  const last = steps.at(-1);
  if (last === undefined) return 'preparing the first step';
  const left = secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`];
  return [
    `epoch ${last.epoch}/${totalEpochs}`,
    `step ${last.step}/${totalSteps}`,
    `loss ${last.loss.toFixed(3)}`,
    `q ${last.multiplier.mean.toFixed(2)}`,
    speed(last.imagesPerSecond),
    ...left,
  ].join(', ');
}

/** Such as `completed at step 1870 after 4 min 2 s, loss 1.234`. */
export function endLine({ steps, reason, seconds }: RunHistory): string {
  const last = steps.at(-1);
  const at = last === undefined ? '' : ` at step ${last.step}`;
  const loss = last === undefined ? '' : `, loss ${last.loss.toFixed(3)}`;
  return `${reason}${at} after ${duration(seconds)}${loss}`;
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

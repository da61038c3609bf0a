import type { SweepEvent, SweepProgress } from '../../experiments/index.js';
import { duration, speed } from './status-line.js';

/** An event of a sweep in a line. */
export function sweepLine(event: SweepEvent): string {
  switch (event.type) {
    case 'loading':
      return `reading images: ${event.done} of ${event.total}`;
    case 'start': {
      const { trials, finished } = event.progress;
      const done = finished > 0 ? `, ${finished} of them done already` : '';
      return `${trials} trials${done}; ${event.executor}, in ${event.folder}`;
    }
    case 'queue': {
      const waiting = event.waiting === 0 ? '' : `, ${event.waiting} wait ${event.reason}`;
      return `${event.running} tasks run${waiting}`;
    }
    case 'trial-start':
      return `${event.trial.key} ${event.step > 0 ? `goes on after step ${event.step}` : 'begins'}, ${event.totalSteps} steps`;
    case 'trial-step': {
      const { step, totalSteps, loss, imagesPerSecond } = event;
      const place = `${event.trial.key} step ${step}/${totalSteps}`;
      return `${place}, loss ${loss.toFixed(3)}, ${speed(imagesPerSecond)}; ${standing(event.progress)}`;
    }
    case 'trial-evaluation':
      return `${event.trial.key} is being evaluated`;
    case 'trial-end': {
      const { knnTop1, linearTop1, meanQ, variationQ, trainSeconds, evaluationSeconds } = event.row;
      const accuracy = `kNN ${percent(knnTop1)}, linear ${percent(linearTop1)}`;
      const q = `q ${meanQ.toFixed(3)} (C_v ${variationQ.toFixed(3)})`;
      const seconds = duration(trainSeconds + evaluationSeconds);
      return `${event.trial.key} done: ${accuracy}, ${q}, ${seconds}; ${standing(event.progress)}`;
    }
    case 'trial-failure':
      return `${event.trial.key} FAILED: ${event.reason}`;
    case 'end': {
      const advice = event.advice === '' ? '' : `; ${event.advice}`;
      return `${event.reason} after ${duration(event.seconds)}: ${standing(event.progress)}${advice}`;
    }
  }
}

/** Such as `12 of 54 trials done, 1 failed, 38 min left`. */
function standing({ trials, finished, failed, secondsLeft }: SweepProgress): string {
  const parts = [`${finished} of ${trials} trials done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (secondsLeft !== undefined && secondsLeft > 0) parts.push(`about ${duration(secondsLeft)} left`);
  return parts.join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

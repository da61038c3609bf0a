import { type Classification, Tally } from './classification.js';
import type { LabelledRows } from './feature-set.js';

/** A classification whose scores were logits: their softmax are probabilities. */
export interface ProbabilisticClassification extends Classification {
  /** Probability of each row's predicted class, [count]. */
  readonly confidences: Float32Array;
  /** Log of the probability of each row's own class, in nats, [count]. */
  readonly logLikelihoods: Float32Array;
}

/** Counts as `Tally` does, and keeps the probabilities that matter. */
export class ProbabilityTally {
  private readonly tally: Tally;
  private readonly confidences: Float32Array;
  private readonly logLikelihoods: Float32Array;

  constructor(private readonly rows: LabelledRows) {
    this.tally = new Tally(rows);
    this.confidences = new Float32Array(rows.count);
    this.logLikelihoods = new Float32Array(rows.count);
  }

  /**
   * @param logits - of the rows after those that were added, [n, classes]
   * @throws InputError unless they are finite and belong to rows
   */
  add(logits: Float32Array): void {
    const width = this.rows.classes.length;
    const before = this.tally.predicted.length;
    this.tally.add(logits);
    for (const [i, predicted] of this.tally.predicted.subarray(before).entries()) {
      const row = logits.subarray(i * width, (i + 1) * width);
      const highest = row[predicted]!;
      let sum = 0;
      for (let c = 0; c < width; c++) sum += Math.exp(row[c]! - highest);
      this.confidences[before + i] = 1 / sum;
      this.logLikelihoods[before + i] = row[this.rows.labels[before + i]!]! - highest - Math.log(sum);
    }
  }

  /** @throws InputError where rows are missing */
  result(): ProbabilisticClassification {
    const { confidences, logLikelihoods } = this;
    return { ...this.tally.result(), confidences, logLikelihoods };
  }
}

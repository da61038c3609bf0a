import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { from } from 'arquero';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import {
  accuracyInterval,
  type Classification,
  calibration,
  confusionMatrix,
  hardestErrors,
  mostConfused,
  type ProbabilisticClassification,
} from '../evaluate/index.js';

/** Rows of the tables of confusions and errors. */
const limit = 100;

/**
 * Writes what an evaluation found as tables: `NAME-classes.csv` and `NAME-confusions.csv`, and where the classifier gives
 * probabilities `NAME-calibration.csv` and `NAME-errors.csv`.
 * @throws InputError where the folder cannot be written
 */
export async function writeReport(
  folder: string,
  name: string,
  result: Classification | ProbabilisticClassification,
): Promise<void> {
  const tables: Record<string, object[]> = {
    classes: classRows(result),
    confusions: mostConfused(confusionMatrix(result), { limit }),
  };
  if ('confidences' in result) {
    tables.calibration = [...calibration(result).bins];
    tables.errors = hardestErrors(result, { limit });
  }
  try {
    await mkdir(folder, { recursive: true });
    for (const [table, rows] of Object.entries(tables)) {
      await writeDurably(join(folder, `${name}-${table}.csv`), from(rows).toCSV());
    }
  } catch (error) {
    throw new InputError(`The report cannot be written to ${folder}: ${(error as Error).message}.`);
  }
}

function classRows({ classes, perClass, labels }: Classification): object[] {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]! += 1;
  return classes.flatMap((name, c) => {
    const [accuracy, images] = [perClass[c]!, counts[c]!];
    return images === 0 ? [] : [{ class: name, images, accuracy, ...accuracyInterval(accuracy, images) }];
  });
}

/** The settings of a pretraining as a Python dataclass, each group with its source. */
import { descriptionOf } from '../../weights/saved-description.js';
import type { SettingsGroup, TorchPretraining } from './pretraining.js';
import { type Field, type Group, settingsGroups, type Value } from './settings-groups.js';

/** A class `Settings`, an instance `settings` of it, and the text `ENCODER` that goes into checkpoints. */
export function settingsBlock(pretraining: TorchPretraining): string {
  const { sources, learningRate } = pretraining;
  const groups = Object.entries(settingsGroups(pretraining)) as [SettingsGroup, Group][];
  const fields = groups.flatMap(([group, { title, fields }]) => {
    const from = (sources[group] ?? []).map((source) => `    #   ${source}`);
    const given = fields.filter(({ value }) => value !== undefined);
    return ['', `    # ${title}`, ...from, ...given.map(lineOf)];
  });
  return [
    '@dataclass(frozen=True)',
    'class Settings:',
    `    """Of ${pretraining.origin}. A run goes on with the same settings only."""`,
    ...fields,
    ...(typeof learningRate === 'number' ? [] : scaledLearningRate(learningRate.scaling)),
    '',
    '',
    'settings = Settings()',
    '# What dcl-lab needs to know of the encoder beside its weights.',
    `ENCODER = ${quoted(descriptionOf(pretraining.encoder))}`,
  ].join('\n');
}

function scaledLearningRate(scaling: 'linear' | 'square-root'): string[] {
  const factor = scaling === 'linear' ? 'self.batch_size / 256' : 'math.sqrt(self.batch_size)';
  return [
    '',
    '    @property',
    '    def learning_rate(self):',
    `        return self.learning_rate_base * ${factor}`,
  ];
}

function lineOf({ name, type, value }: Field): string {
  return `    ${name}: ${type} = ${python(value!, type)}`;
}

function python(value: Value, type: Field['type']): string {
  if (typeof value === 'object') return `(${value.map((item) => number(item, type)).join(', ')})`;
  return typeof value === 'string' ? quoted(value) : number(value, type);
}

/** JSON's escapes are Python's, too; text with double quotes alone is put between single ones. */
function quoted(text: string): string {
  return /['\\]/.test(text) || !text.includes('"') ? JSON.stringify(text) : `'${text}'`;
}

function number(value: number, type: Field['type']): string {
  return Number.isInteger(value) && type.includes('float') ? `${value}.0` : String(value);
}

import type { Output } from '../format/notebook.js';
import type { JsonObject } from '../protocol/message.js';

type DisplayOutput = Extract<Output, { output_type: 'display_data' }>;

/** A display that can be replaced later, wherever it stands. */
interface Slot {
  readonly outputs: Output[];
  readonly index: number;
}

/** Gathers what a kernel publishes into the outputs of a notebook's cells. */
export class Recorder {
  readonly #slots = new Map<string, Slot[]>();

  /** Adds one message to a cell's `outputs`, or changes an earlier display of any cell. */
  record(outputs: Output[], type: string, content: JsonObject): void {
    switch (type) {
      case 'stream':
        appendText(outputs, content.name as 'stdout' | 'stderr', content.text as string);
        break;
      case 'display_data':
        this.#remember(content, outputs);
        outputs.push(display(content));
        break;
      case 'execute_result':
        outputs.push({
          ...display(content),
          output_type: 'execute_result',
          execution_count: content.execution_count as number,
        });
        break;
      case 'update_display_data':
        for (const { outputs: place, index } of this.#slots.get(displayId(content)) ?? [])
          place[index] = display(content);
        break;
      case 'error':
        outputs.push({
          output_type: 'error',
          ename: content.ename as string,
          evalue: content.evalue as string,
          traceback: content.traceback as string[],
        });
        break;
    }
  }

  #remember(content: JsonObject, outputs: Output[]): void {
    const id = displayId(content);
    if (id === '') return;
    this.#slots.set(id, [...(this.#slots.get(id) ?? []), { outputs, index: outputs.length }]);
  }
}

function display(content: JsonObject): DisplayOutput {
  return {
    output_type: 'display_data',
    data: content.data as JsonObject,
    metadata: (content.metadata ?? {}) as JsonObject,
  };
}

function displayId(content: JsonObject): string {
  return (content.transient as { display_id?: string } | undefined)?.display_id ?? '';
}

function appendText(outputs: Output[], name: 'stdout' | 'stderr', text: string): void {
  const last = outputs.at(-1);
  if (last?.output_type === 'stream' && last.name === name) {
    outputs[outputs.length - 1] = { ...last, text: overwriteLines(`${last.text as string}${text}`) };
  } else {
    outputs.push({ output_type: 'stream', name, text: overwriteLines(text) });
  }
}

/** What a terminal would show: a carriage return starts its line again, and what follows overwrites it. */
function overwriteLines(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => {
      const open = line.endsWith('\r') ? '\r' : '';
      const shown = line.split('\r').reduce((under, over) => over + under.slice(over.length), '');
      return shown + open;
    })
    .join('\n');
}

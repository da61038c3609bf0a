import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { kernelHost, type MimeBundle } from '../host.js';

/** One place in the notebook: what is shown there replaces what was. */
export interface Output {
  show(bundle: MimeBundle): void;
}

/** The function by which tslab's own API displays; internal to tslab 1.0.22. */
type WriteDisplayData = (
  message: { data: object; metadata: object; transient: { display_id: string } },
  update: boolean,
) => void;

/** A new output in the cell that runs; undefined outside Jupyter. */
export function openOutput(): Output | undefined {
  const write = displayWriter();
  if (write === undefined) return undefined;
  const id = randomUUID();
  let shown = false;
  return {
    show(bundle) {
      write(bundle, id, shown);
      shown = true;
    },
  };
}

/** Keeps the cell from ending before `work`, where the kernel can; elsewhere the work just goes on. */
export function finishWith(work: Promise<void>): void {
  kernelHost()?.finishWith(work);
}

let claimed = false;

/** True unless the notebook already holds plotly.js, as far as the kernel knows. */
export function claimPlotly(): boolean {
  const host = kernelHost();
  if (host !== undefined) return host.claim('plotly.js');
  const first = !claimed;
  claimed = true;
  return first;
}

function displayWriter(): ((bundle: MimeBundle, id: string, update: boolean) => void) | undefined {
  const host = kernelHost();
  if (host !== undefined) return (bundle, id, update) => host.display(bundle, id, update);
  const tslab = tslabWriter();
  return (
    tslab &&
    (({ data, metadata = {} }, id, update) =>
      tslab({ data, metadata, transient: { display_id: id } }, update))
  );
}

/** In a kernel of plain tslab: its public API sends one MIME type a message, so its inner function is looked up. */
function tslabWriter(): WriteDisplayData | undefined {
  const { cache } = createRequire(import.meta.url);
  const writers = Object.entries(cache)
    .filter(([path]) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(path))
    .map(([, module]) => (module as { exports: { lastWriteDisplayData?: WriteDisplayData | null } }).exports)
    .map(({ lastWriteDisplayData }) => lastWriteDisplayData);
  return writers.find((writer) => typeof writer === 'function') ?? undefined;
}

const names: Readonly<Record<string, string>> = { infonce: 'InfoNCE', dcl: 'DCL', dclw: 'DCLW' };

/** How a loss of run settings is called in a legend. */
export function lossName(loss: string): string {
  return names[loss] ?? loss;
}

const losses: Readonly<Record<string, string>> = {
  infonce: 'InfoNCE',
  dcl: 'DCL',
  dclw: 'DCLW',
  own: 'its own loss',
};
const methods: Readonly<Record<string, string>> = {
  simclr: 'SimCLR',
  moco: 'MoCo v2',
  nnclr: 'NNCLR',
  byol: 'BYOL',
  swav: 'SwAV',
};

/** How a loss of run settings is called in a legend. */
export function lossName(loss: string): string {
  return losses[loss] ?? loss;
}

/** How a method of run settings is called in a title. */
export function methodName(method: string): string {
  return methods[method] ?? method;
}

export { batches, type InputBatch, toInput } from './batches.js';
export type { Dataset, ImageShape, Splits } from './dataset.js';
export { epochOrder } from './epoch-order.js';
export {
  type FolderDataset,
  type ImageFolderOptions,
  imageFolder,
  type SkippedImage,
} from './image-folder.js';
export type { ImageSource } from './image-source.js';
export { type InMemoryOptions, inMemory } from './in-memory.js';
export { datasetNames, type LoadOptions, load } from './load.js';
export type { DecodeProgress, DownloadProgress, IndexProgress, LoadProgress } from './progress.js';
export type { SmallCrops } from './small-crops.js';
export {
  classFolderImages,
  flatFolderImages,
  type ImageNet,
  type ImageNetOptions,
  type IndexOptions,
  imagenette,
  ofClasses,
  openImageNet,
  readClassList,
  readSynsetWords,
  readValidationLabels,
  shardImages,
  shardPaths,
  trainArchiveImages,
  type ValidationLabels,
  validationArchiveImages,
} from './sources/index.js';
export { type SubsetOptions, subset } from './subset.js';
export { viewShapes } from './view.js';
export {
  stepsPerEpoch,
  type ViewBatch,
  type ViewBatchesOptions,
  type Views,
  viewBatches,
} from './view-batches.js';
export { defaultViews, type SimclrViewsOptions, simclrViews, type ViewSettings } from './view-settings.js';

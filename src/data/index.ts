export {
  type AugmentedBatch,
  type AugmentedBatchesOptions,
  augmentedBatches,
} from './augmented-batches.js';
export { batches, type InputBatch, toInput } from './batches.js';
export type { Dataset, ImageFile, ImageShape, Splits } from './dataset.js';
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
export type { ShuffledBatchesOptions } from './shuffled-batches.js';
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
  type PartName,
  readClassList,
  readSynsetWords,
  readValidationLabels,
  shardImages,
  shardPaths,
  trainArchiveImages,
  type ValidationLabels,
  validationArchiveImages,
} from './sources/index.js';
export { type StreamedDataset, type StreamedOptions, streamed } from './streamed.js';
export { type SubsetOptions, subset } from './subset.js';
export { type ViewKind, viewShapes } from './view.js';
export {
  stepsPerEpoch,
  type ViewBatch,
  type ViewBatchesOptions,
  type Views,
  viewBatches,
} from './view-batches.js';
export {
  type Blur,
  defaultViews,
  imagenetViews,
  type SimclrViewsOptions,
  simclrViews,
  supervisedViews,
  type ViewSettings,
} from './view-settings.js';
export { type WriteImageFolderOptions, writeImageFolder } from './write-image-folder.js';

export type { ElementType, Values } from './element-types.js';
export { type LoadedResNet, type LoadResNetOptions, loadResNet } from './load-resnet.js';
export { open } from './open.js';
export type { PyTorchOptions } from './pytorch.js';
export type { PyTorchFormat } from './pytorch-format.js';
export { decodeSafetensors, encodeSafetensors, type StoredTensors } from './safetensors.js';
export { save } from './save.js';
export type { StoredTensor, TensorDescription, TensorFile } from './tensor-file.js';
export { folder } from './tfjs-folder.js';

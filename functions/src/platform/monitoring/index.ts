export { clientOptions } from './client.ts';
export { ensureDescriptors } from './ensureDescriptors.ts';
export { type WrittenPoints, writePoints } from './write.ts';

export { posterOf, type ReadBytes } from './posterOf.ts';

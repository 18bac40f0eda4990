export { type Exported, exportRows } from './exportRows.ts';
export { type ExportState, listExports, readExport } from './read.ts';
export { writeExport } from './write.ts';

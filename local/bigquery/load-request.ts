import { invalid } from './errors.ts';
import { type Field, parseSchema } from './schema.ts';
import { layoutOf, referenceOf } from './table-resource.ts';

/** What a load job asks for. https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationLoad */
export interface LoadRequest {
  datasetId: string;
  tableId: string;
  schema: Field[] | undefined;
  layout: Record<string, unknown>;
  writeDisposition: string;
  createDisposition: string;
  addition: boolean;
  relaxation: boolean;
}

const KNOWN = [
  'destinationTable',
  'sourceFormat',
  'schema',
  'writeDisposition',
  'createDisposition',
  'schemaUpdateOptions',
  'timePartitioning',
  'clustering',
  'location',
];

/** Throws BigQueryError 400 for a setting that is not known here. */
export function parseLoad(load: Record<string, unknown>, projectId: string): LoadRequest {
  const other = Object.keys(load).find((name) => !KNOWN.includes(name) && load[name] !== false && load[name] !== 0);
  if (other) throw invalid(`The local BigQuery does not know ${other} of a load job.`);
  if (load.sourceFormat !== 'NEWLINE_DELIMITED_JSON') throw invalid('sourceFormat must be NEWLINE_DELIMITED_JSON.');
  const { writeDisposition = 'WRITE_APPEND', createDisposition = 'CREATE_IF_NEEDED', schemaUpdateOptions = [] } = load;
  oneOf('writeDisposition', [writeDisposition], ['WRITE_APPEND', 'WRITE_TRUNCATE', 'WRITE_EMPTY']);
  oneOf('createDisposition', [createDisposition], ['CREATE_IF_NEEDED', 'CREATE_NEVER']);
  const options = Array.isArray(schemaUpdateOptions) ? schemaUpdateOptions : [schemaUpdateOptions];
  oneOf('schemaUpdateOptions', options, ['ALLOW_FIELD_ADDITION', 'ALLOW_FIELD_RELAXATION']);
  const schema = load.schema === undefined ? undefined : parseSchema(load.schema);
  return {
    ...referenceOf(load.destinationTable, projectId),
    schema,
    layout: schema ? layoutOf(load, schema) : {},
    writeDisposition: String(writeDisposition),
    createDisposition: String(createDisposition),
    addition: options.includes('ALLOW_FIELD_ADDITION'),
    relaxation: options.includes('ALLOW_FIELD_RELAXATION'),
  };
}

function oneOf(name: string, values: unknown[], known: string[]): void {
  const wrong = values.find((value) => !known.includes(String(value)));
  if (wrong !== undefined) throw invalid(`${name} ${String(wrong)} is none of ${known.join(', ')}.`);
}

/** A column of a BigQuery table. */
export interface Column {
  name: string;
  type: 'STRING' | 'INT64' | 'BOOL' | 'TIMESTAMP';
  mode: 'REQUIRED' | 'NULLABLE';
  description: string;
}

/** A BigQuery table, with one partition a UTC day of `partitionBy`. */
export interface Table {
  name: string;
  description: string;
  columns: readonly Column[];
  partitionBy: string;
  clusterBy: readonly string[];
}

type Described = readonly [name: string, description: string];

const columns = (type: Column['type'], ...described: Described[]): Column[] =>
  described.map(([name, description]) => ({ name, type, mode: 'NULLABLE', description }));
const required = (list: Column[]): Column[] => list.map((column) => ({ ...column, mode: 'REQUIRED' }));

const ENVELOPE: readonly Column[] = [
  ...required(
    columns(
      'STRING',
      ['event_id', 'Names the event; there is one row of it.'],
      ['type', 'What happened, such as generation.succeeded or payment.refunded.'],
    ),
  ),
  ...required(
    columns(
      'TIMESTAMP',
      ['occurred_at', 'When it happened.'],
      ['recorded_at', 'When the log took it.'],
      [
        'counted_at',
        'When it counts: an outcome, and what is told of it later, at the end of the generation; else occurred_at.',
      ],
    ),
  ),
  ...required(columns('STRING', ['user_key', 'Stands for the user without naming them; empty: nobody.'])),
];

const GENERATION: readonly Column[] = [
  ...columns(
    'STRING',
    ['cell_key', 'provider/model/kind under which it counts; a model outside the catalogue counts as other.'],
    ['generation_id', 'The generation that it is about.'],
    ['provider', 'As it was asked for or reported.'],
    ['model', 'As it was asked for or reported.'],
    ['kind', 'What the video was made from.'],
    ['style', 'The style asked for.'],
  ),
  ...columns(
    'INT64',
    ['attempt', 'Of generation.submitted and generation.retried: which attempt.'],
    ['attempts', 'Of an end: how many there were.'],
    ['videos_asked', 'Videos asked for.'],
    ['price_usd_micros', 'What was held for it, in millionths of a dollar.'],
    ['queue_ms', 'From request to acceptance by the provider.'],
    ['render_ms', 'What the provider took.'],
    ['store_ms', 'What copying the videos took.'],
    ['total_ms', 'From request to end.'],
    ['cost_usd_micros', 'What the provider takes, in millionths of a dollar.'],
    ['waste_usd_micros', 'Of attempts that led to nothing.'],
    ['possible_waste_usd_micros', 'Of attempts whose outcome is not known.'],
    ['charged_credits', 'What the user paid.'],
    ['videos_delivered', 'Videos stored.'],
    ['videos_blocked', 'Videos that a safety filter kept back.'],
    ['video_sec', 'Seconds of video delivered.'],
  ),
  ...columns('TIMESTAMP', [
    'requested_at',
    'Of a reported end, which tells the arrival as well: when it was asked for.',
  ]),
  ...columns(
    'STRING',
    ['error_code', 'Why it ended or was tried again.'],
    ['fault', 'Whose fault: user, provider, house.'],
  ),
  ...columns(
    'INT64',
    ['rating_stars', 'The rating that now holds, 1 to 5.'],
    ['previous_rating_stars', 'The rating that it replaces.'],
    ['quality_thousandths', 'The score that now holds, 0 to 1,000.'],
    ['previous_quality_thousandths', 'The score that it replaces.'],
  ),
  ...columns('STRING', ['scorer', 'Who or what scored.']),
];

const PRODUCT: readonly Column[] = [
  ...columns(
    'STRING',
    ['session_id', 'The session that started.'],
    ['feature', 'The feature used.'],
    ['page', 'The page viewed.'],
    ['channel', 'Where a signup came from.'],
    ['plan', 'The plan tried, taken, changed to or left.'],
    ['from_plan', 'The plan changed from.'],
    ['reason', 'Why a subscription ended.'],
    ['payment_id', 'The payment made or refunded.'],
    ['purpose', 'What consent is for.'],
    ['metric_name', 'Of metric.recorded.'],
    ['metric_unit', 'Of metric.recorded.'],
    ['ticket_id', 'The support ticket.'],
    ['ticket_status', 'opened or closed.'],
    ['ticket_category', 'What the ticket is about.'],
  ),
  ...columns(
    'INT64',
    ['amount_usd_micros', 'A payment, a refund, or the price of a subscription for its months.'],
    ['months', 'What a subscription is billed for at once.'],
    ['metric_value', 'Of metric.recorded.'],
  ),
  ...columns('BOOL', ['granted', 'Whether consent was given.']),
];

/**
 * The log, a row an event. Measures add up: a row of generation.corrected holds differences, so a generation's figure is the sum
 * over its rows, and NULL only where it was never known.
 */
export const EVENTS: Table = {
  name: 'events',
  description: 'The log, a row an event. Measures of one generation add up: generation.corrected holds differences.',
  columns: [...ENVELOPE, ...GENERATION, ...PRODUCT],
  partitionBy: 'counted_at',
  clusterBy: ['type', 'cell_key', 'user_key'],
};

/** Every table of the warehouse. */
export const TABLES: readonly Table[] = [EVENTS];

/** Every view, `scripts/sql/views/<name>.sql`; one that reads another comes after it. */
export const VIEWS: readonly string[] = ['generations', 'activity'];

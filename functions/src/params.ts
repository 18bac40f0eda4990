import { defineBoolean, defineInt, defineSecret, defineString } from 'firebase-functions/params';

export const ALLOWED_ORIGINS = defineString('ALLOWED_ORIGINS', {
  default: '',
  description: 'Web origins that may call the API from a browser, separated by commas; empty: only the site itself.',
});

export const VERTEX_LOCATION = defineString('VERTEX_LOCATION', {
  default: 'us-central1',
  description: 'Region of the video models on Vertex AI.',
});

export const VERTEX_BASE_URL = defineString('VERTEX_BASE_URL', {
  default: '',
  description: "Where the Vertex AI API is; empty: Google's own address.",
});

export const VIDEO_BUCKET = defineString('VIDEO_BUCKET', {
  default: '',
  description: "Cloud Storage bucket of the videos; empty: the project's default bucket.",
});

export const VIDEO_RETENTION_DAYS = defineInt('VIDEO_RETENTION_DAYS', {
  default: 0,
  description:
    'Days after which the files of a video are deleted, counted from its end; 0: kept until somebody deletes them.',
});

export const SIGNED_URL_TTL_SEC = defineInt('SIGNED_URL_TTL_SEC', {
  default: 900,
  description: 'Seconds that a link to a video stays valid (60 to 604800).',
});

export const FIRST_ADMIN_UID = defineString('FIRST_ADMIN_UID', {
  default: '',
  description: 'Uid of a user who is an admin without any claim, to give the others their roles; empty: nobody.',
});

export const REPORTING_TIME_ZONES = defineString('REPORTING_TIME_ZONES', {
  default: '',
  description:
    'Time zones besides UTC, such as America/New_York, in which hours and days are counted; at most three, separated by commas.',
});

export const KNOWN_MODELS = defineString('KNOWN_MODELS', {
  default: '',
  description:
    'Models outside the catalogue that reported generations are counted under by name, as provider/model, separated by commas; others count as "other".',
});

export const ROLLUP_VERSIONS = defineString('ROLLUP_VERSIONS', {
  default: '1',
  description:
    'Versions of the rollups that are kept up, one or two numbers separated by a comma; the first is the one that answers are made of.',
});

/** Its value is the JSON that channels/settings.ts describes; `[]` for none. Functions that read it name it in their `secrets`. */
export const ALERT_CHANNELS = defineSecret('ALERT_CHANNELS');

export const ALERT_WATCHDOG_URL = defineString('ALERT_WATCHDOG_URL', {
  default: '',
  description: 'Address of an outside watchdog that is told of every evaluation of the alerts; empty: none.',
});

export const PUBLIC_URL = defineString('PUBLIC_URL', {
  default: '',
  description: 'Where people reach the site, such as https://example.web.app, for links in messages; empty: no links.',
});

export const RUNBOOK_BASE_URL = defineString('RUNBOOK_BASE_URL', {
  default: '',
  description: 'Where the folder docs of this repository can be read, for links in messages; empty: no links.',
});

export const CLOUD_MONITORING = defineBoolean('CLOUD_MONITORING', {
  default: true,
  description: 'Writes a point a minute of each metric to Cloud Monitoring, which bills by the data that it is sent.',
});

export const MONITORING_BASE_URL = defineString('MONITORING_BASE_URL', {
  default: '',
  description: "Where the Cloud Monitoring API is; empty: Google's own address.",
});

export const WEBHOOK_ALLOW_PRIVATE = defineBoolean('WEBHOOK_ALLOW_PRIVATE', {
  default: false,
  description: 'Lets webhooks go to private and loopback addresses and over plain http; for a local stack only.',
});

export const WAREHOUSE_DATASET = defineString('WAREHOUSE_DATASET', {
  default: 'dailies',
  description: 'BigQuery dataset that the log is copied to (npm run warehouse:migrate makes it); empty: no warehouse.',
});

export const WAREHOUSE_MAX_BYTES_BILLED = defineInt('WAREHOUSE_MAX_BYTES_BILLED', {
  default: 10_000_000_000,
  description: 'Bytes that one query of the warehouse may read at most; one that would read more is refused unbilled.',
});

export const BIGQUERY_BASE_URL = defineString('BIGQUERY_BASE_URL', {
  default: '',
  description: "Where the BigQuery API is; empty: Google's own address.",
});

import { AlertPolicyServiceClient, type protos } from '@google-cloud/monitoring';
import { DashboardsServiceClient, type protos as dashboardProtos } from '@google-cloud/monitoring-dashboards';
import { projectId } from '../../functions/src/platform/app.ts';
import { clientOptions, ensureDescriptors } from '../../functions/src/platform/monitoring/index.ts';
import { asMessage, type MonitoringFile } from './files.ts';

type Policy = protos.google.monitoring.v3.IAlertPolicy;
type Dashboard = dashboardProtos.google.monitoring.dashboard.v1.IDashboard;

/** What is done to one file's dashboard or policy. */
export interface Applied {
  path: string;
  done: 'created' | 'updated';
  /** As Cloud Monitoring calls it; undefined for what would be created. */
  name: string | undefined;
}

export interface ApplyOptions {
  /** Nothing is changed; Cloud Monitoring only says whether it would take the dashboards. */
  dryRun: boolean;
  /** Notification channels of the policies, by their full name; none: those of a policy that is there stay as they are. */
  channels: readonly string[];
}

/** The label by which a policy is found again: its value is the name of the file. */
const LABEL = 'dailies';
/** What a file says of a policy; whether it is enabled, and whom it tells, is for people to change. */
const FIELDS = ['display_name', 'documentation', 'user_labels', 'severity', 'combiner', 'conditions', 'alert_strategy'];

/**
 * Makes dashboards and alert policies those of the files: what is there is brought up to date, what is not is created, and what has
 * no file any more stays. Rejects at the first that is refused; those before it are done, and it can be repeated.
 */
export async function applyFiles(files: readonly MonitoringFile[], options: ApplyOptions): Promise<Applied[]> {
  // A policy about a metric that Cloud Monitoring has never heard of is refused.
  if (!options.dryRun && !(await ensureDescriptors())) throw new Error('not every metric could be described');
  const dashboards = await applyDashboards(
    files.filter(({ kind }) => kind === 'dashboard'),
    options,
  );
  const policies = await applyPolicies(
    files.filter(({ kind }) => kind === 'policy'),
    options,
  );
  return [...dashboards, ...policies];
}

async function applyDashboards(files: readonly MonitoringFile[], { dryRun }: ApplyOptions): Promise<Applied[]> {
  const client = new DashboardsServiceClient(clientOptions());
  const parent = `projects/${projectId()}`;
  const [present] = await client.listDashboards({ parent });
  const applied: Applied[] = [];
  for (const { path, json } of files) {
    const dashboard = asMessage(json) as Dashboard;
    const known = present.find(({ displayName }) => displayName === dashboard.displayName);
    const [{ name }] = known
      ? await client.updateDashboard({ dashboard: { ...dashboard, ...identityOf(known) }, validateOnly: dryRun })
      : await client.createDashboard({ parent, dashboard, validateOnly: dryRun });
    applied.push({
      path,
      done: known ? 'updated' : 'created',
      name: known?.name ?? (dryRun ? undefined : (name ?? '')),
    });
  }
  return applied;
}

const identityOf = ({ name, etag }: Dashboard) => ({ ...(name && { name }), ...(etag && { etag }) });

async function applyPolicies(files: readonly MonitoringFile[], { dryRun, channels }: ApplyOptions): Promise<Applied[]> {
  const client = new AlertPolicyServiceClient(clientOptions());
  const parent = `projects/${projectId()}`;
  const [present] = await client.listAlertPolicies({ name: parent });
  const applied: Applied[] = [];
  for (const { path, slug, json } of files) {
    const told = channels.length > 0 ? { notificationChannels: [...channels] } : {};
    const alertPolicy: Policy = { ...(asMessage(json) as Policy), ...told, userLabels: { [LABEL]: slug } };
    const known = present.find(({ userLabels }) => userLabels?.[LABEL] === slug);
    const paths = channels.length > 0 ? [...FIELDS, 'notification_channels'] : FIELDS;
    let name = known?.name ?? undefined;
    if (!dryRun && known?.name) {
      await client.updateAlertPolicy({ alertPolicy: { ...alertPolicy, name: known.name }, updateMask: { paths } });
    } else if (!dryRun) {
      const [created] = await client.createAlertPolicy({ name: parent, alertPolicy });
      name = created.name ?? undefined;
    }
    applied.push({ path, done: known ? 'updated' : 'created', name });
  }
  return applied;
}

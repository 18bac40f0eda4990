import { fire } from './caller.ts';
import { until } from './place.ts';
import type { Scene, Step } from './step.ts';

/** Broken by the first generation of the scenario. */
const RULE = {
  ...{ slug: 'anything_at_all', name: 'Anything at all', metric: 'arrivals', windowMin: 1_440 },
  condition: { type: 'threshold', op: '>', critical: 0 },
};

const alertOf = async ({ analyst }: Scene) =>
  (await analyst('GET', `/alerts?rule=${RULE.slug}`)).body.alerts[0] as { id: string; state: string } | undefined;

/** What went to each channel, once nothing waits any more. */
async function delivered(scene: Scene, id: string, verb: string): Promise<string[]> {
  return until(scene.place, `every ${verb} delivered`, async () => {
    const { deliveries } = (await scene.analyst('GET', `/alerts/${id}`)).body as {
      deliveries: { channel: string; verb: string; state: string }[];
    };
    const told = deliveries.filter((each) => each.verb === verb);
    if (told.length === 0 || told.some(({ state }) => state !== 'sent')) return undefined;
    return told.map(({ channel }) => channel).sort();
  });
}

const act = async (scene: Scene, verb: string, body: object) => {
  const alert = await alertOf(scene);
  return scene.admin('POST', `/alerts/${alert?.id}/${verb}`, body);
};

const EVERY_CHANNEL = ['oncall-pagerduty', 'oncall-sms', 'team-email', 'team-slack', 'team-webhook'];

/** From a rule to the messages of an alert, and what people do about it. */
export const ALERT_STEPS: readonly Step[] = [
  {
    name: 'a rule is made',
    expected: { status: 201, again: 409 },
    async run({ admin }) {
      const { status } = await admin('POST', '/alert-rules', RULE);
      return { status, again: (await admin('POST', '/alert-rules', RULE)).status };
    },
  },
  {
    name: 'the evaluation is fired, and every channel is told',
    expected: { state: 'firing', told: EVERY_CHANNEL },
    async run(scene) {
      const { id, state } = await until(scene.place, 'the alert', async () => {
        for (const schedule of ['aggregateEvents', 'evaluateAlerts']) {
          const status = await fire(scene.place, schedule);
          if (status !== 200) throw new Error(`${schedule} answered ${status}`);
        }
        return alertOf(scene);
      });
      return { state, told: await delivered(scene, id, 'trigger') };
    },
  },
  {
    name: 'it is acknowledged once',
    expected: { status: 200, again: 409, told: EVERY_CHANNEL },
    async run(scene) {
      const { status, body } = await act(scene, 'acknowledge', { note: 'looking' });
      const again = (await act(scene, 'acknowledge', {})).status;
      return { status, again, told: await delivered(scene, body.id, 'acknowledge') };
    },
  },
  {
    name: 'it is resolved, also at PagerDuty',
    expected: { status: 200, told: EVERY_CHANNEL, incident: 'resolved' },
    async run(scene) {
      const { status, body } = await act(scene, 'resolve', { rootCause: 'the scenario', resolution: 'its end' });
      const told = await delivered(scene, body.id, 'resolve');
      const inbox = (await (await fetch(`${scene.place.vendors}/__vendors/inbox`)).json()) as {
        incidents: { dedupKey: string; state: string }[];
      };
      const incident = inbox.incidents.find(({ dedupKey }) => dedupKey.includes(RULE.slug));
      return { status, told, incident: incident?.state };
    },
  },
];

import { call } from './session.js';

const OPEN = ['queued', 'submitting', 'running', 'storing'];

/** True while the generation may still change by itself. */
export const isOpen = (generation) => OPEN.includes(generation.state);

/** One generation in the list: its progress, then its video, with what can be done about it. */
export function cardFor(initial, { attempt, changed, removed }) {
  const element = document.getElementById('generation').content.firstElementChild.cloneNode(true);
  const part = (selector) => element.querySelector(selector);
  let generation = initial;
  let playing;

  part('.prompt').textContent = generation.prompt;
  part('.cancel').addEventListener('click', () =>
    attempt(async () => changed(await call('POST', `/generations/${generation.id}/cancel`))),
  );
  part('.delete').addEventListener('click', () =>
    attempt(async () => {
      if (confirm('Delete this video for ever?')) removed(await call('DELETE', `/generations/${generation.id}`));
    }),
  );
  for (let stars = 1; stars <= 5; stars++) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = '★';
    button.setAttribute('aria-label', `${stars} of 5 stars`);
    button.addEventListener('click', () =>
      attempt(async () => changed(await call('PUT', `/generations/${generation.id}/rating`, { stars }))),
    );
    part('.rating').append(button);
  }

  async function output() {
    const { outputs } = await call('GET', `/generations/${generation.id}`);
    return outputs[0];
  }
  const link = async () => (await output()).url;

  async function play() {
    try {
      const video = document.createElement('video');
      const { url, posterUrl } = await output();
      Object.assign(video, { src: url, controls: true, loop: true, muted: true, preload: 'none' });
      if (posterUrl) video.poster = posterUrl;
      else video.preload = 'metadata';
      renewWhenExpired(video, { link, attempt });
      part('.picture').replaceChildren(video);
    } catch (error) {
      playing = undefined;
      throw error;
    }
  }

  function update(latest) {
    generation = latest;
    const open = isOpen(latest);
    part('.state').textContent = describe(latest);
    part('.cancel').hidden = !open || latest.cancelRequestedAt !== undefined;
    part('.delete').hidden = open;
    part('.rating').hidden = latest.state !== 'succeeded';
    for (const [i, button] of [...part('.rating').children].entries()) {
      button.setAttribute('aria-pressed', String(i < (latest.rating ?? 0)));
    }
    const progress = part('progress');
    if (progress && latest.state === 'queued') progress.removeAttribute('value');
    else if (progress) progress.value = latest.progress;
    if (latest.filesDeletedAt) part('.picture').textContent = 'deleted';
    else if (latest.state === 'succeeded') attempt(() => (playing ??= play()));
    else if (!open) part('.picture').textContent = latest.state;
  }

  update(initial);
  return { element, update, generation: () => generation };
}

/** A link lasts a quarter of an hour: when it fails, one new link is tried, from the place where the old one stopped. */
function renewWhenExpired(video, { link, attempt }) {
  let renewed = false;
  video.addEventListener('loadeddata', () => {
    renewed = false;
  });
  video.addEventListener('error', () =>
    attempt(async () => {
      if (renewed) throw new Error('This video cannot be played.');
      renewed = true;
      const { currentTime, paused } = video;
      video.src = await link();
      video.currentTime = currentTime;
      // What keeps it from playing comes as an error event too.
      if (!paused) video.play().catch(() => undefined);
    }),
  );
}

function describe({
  state,
  model,
  durationSec,
  priceCredits,
  chargedCredits,
  requestedAt,
  endedAt,
  expectedEndAt,
  cancelRequestedAt,
  error,
}) {
  const facts = [`${state}, ${model}, ${durationSec} s, ${chargedCredits ?? priceCredits} credits`];
  if (endedAt) facts.push(`took ${Math.round((Date.parse(endedAt) - Date.parse(requestedAt)) / 1_000)} s`);
  else if (expectedEndAt) facts.push(`expected at ${new Date(expectedEndAt).toLocaleTimeString()}`);
  if (cancelRequestedAt && !endedAt) facts.push('the provider cannot stop it: no further attempt will be made');
  if (error) facts.push(error.message);
  return facts.join(' · ');
}

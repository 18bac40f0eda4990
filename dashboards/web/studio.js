import { cardFor, isOpen } from './card.js';
import { call, signedInAs, signIn, signOut } from './session.js';

const REFRESH_MS = 2_000;

const at = (id) => document.getElementById(id);
const message = at('message');
const cards = new Map();
let nextCursor;

/** Runs what a click asked for and shows what the API says when it refuses. */
async function attempt(work) {
  message.hidden = true;
  try {
    await work();
  } catch (error) {
    message.textContent = error.message;
    message.hidden = false;
  }
}

function show(generation, first = false) {
  const known = cards.get(generation.id);
  if (known) return known.update(generation);
  const card = cardFor(generation, { attempt, changed: show });
  cards.set(generation.id, card);
  at('generations')[first ? 'prepend' : 'append'](card.element);
}

async function page(cursor) {
  const { generations, nextCursor: next } = await call(
    'GET',
    `/generations?limit=10${cursor ? `&cursor=${cursor}` : ''}`,
  );
  for (const generation of generations) show(generation);
  nextCursor = next;
  at('more').hidden = !next;
}

async function refreshOpen() {
  if (document.hidden || !signedInAs()) return;
  const open = [...cards.values()].filter((card) => isOpen(card.generation()));
  await Promise.all(open.map(async (card) => card.update(await call('GET', `/generations/${card.generation().id}`))));
}

async function fillForm() {
  const { models, styles } = await call('GET', '/models');
  const wish = at('wish');
  const options = (select, entries) =>
    select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
  options(
    wish.model,
    models.filter((m) => m.offered).map((m) => [m.id, m.displayName]),
  );
  wish.model.value = models.find((m) => m.id.includes('fast'))?.id ?? wish.model.value;
  wish.style.append(...styles.map((style) => new Option(style.displayName, style.id)));
  const [{ durationsSec, aspectRatios }] = models;
  options(
    wish.durationSec,
    durationsSec.map((sec) => [sec, sec]),
  );
  options(
    wish.aspectRatio,
    aspectRatios.map((ratio) => [ratio, ratio]),
  );
}

async function enter() {
  at('sign-in').hidden = true;
  at('wish').hidden = false;
  at('who').hidden = false;
  at('who').firstElementChild.textContent = signedInAs();
  await fillForm();
  await page();
}

at('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const { email, password } = event.target;
  attempt(async () => {
    await signIn(email.value, password.value);
    await enter();
  });
});

at('wish').addEventListener('submit', (event) => {
  event.preventDefault();
  const { model, style, prompt, durationSec, aspectRatio } = event.target;
  const request = {
    model: model.value,
    prompt: prompt.value,
    durationSec: Number(durationSec.value),
    aspectRatio: aspectRatio.value,
    ...(style.value && { style: style.value }),
  };
  attempt(async () =>
    show(await call('POST', '/generations', request, { 'Idempotency-Key': crypto.randomUUID() }), true),
  );
});

at('more').addEventListener('click', () => attempt(() => page(nextCursor)));
at('sign-out').addEventListener('click', () => {
  signOut();
  location.reload();
});

async function showHealth() {
  const answer = await fetch('/api/v1/health');
  const { status, stages } = await answer.json();
  const down = stages.filter((stage) => stage.status !== 'healthy').map((stage) => stage.name);
  at('health').textContent = down.length > 0 ? `${status}: ${down.join(', ')}` : status;
}

attempt(showHealth);
if (signedInAs()) attempt(enter);
setInterval(() => refreshOpen().catch((error) => console.warn('refresh failed, trying again', error)), REFRESH_MS);

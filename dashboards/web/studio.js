import { cardFor, isOpen } from './card.js';
import { showCredits, showPrice } from './credits.js';
import { call, SignedOut, signedInAs, signIn, signOut } from './session.js';

const REFRESH_MS = 2_000;

const at = (id) => document.getElementById(id);
const message = at('message');
const cards = new Map();
let models = [];
let nextCursor;

/** Runs what a click asked for and shows what the API says when it refuses. */
async function attempt(work) {
  message.hidden = true;
  try {
    await work();
  } catch (error) {
    // The sign-in form is shown by then, with the reason.
    if (!(error instanceof SignedOut)) complain(error.message);
  }
}

function complain(text) {
  message.textContent = text;
  message.hidden = false;
}

function show(generation, first = false) {
  const known = cards.get(generation.id);
  if (known) return known.update(generation);
  const card = cardFor(generation, { attempt, changed: show, removed: forget });
  cards.set(generation.id, card);
  at('generations')[first ? 'prepend' : 'append'](card.element);
}

function forget({ id }) {
  cards.get(id)?.element.remove();
  cards.delete(id);
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
  if (open.some((card) => !isOpen(card.generation()))) await showCredits();
}

/** Fills a select, and keeps what is chosen where it is still there. */
function offer(select, entries) {
  const chosen = select.value;
  select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
  if (entries.some(([value]) => String(value) === chosen)) select.value = chosen;
}

function followModel() {
  const { model, durationSec, aspectRatio } = at('wish');
  const { durationsSec, aspectRatios } = models.find(({ id }) => id === model.value);
  offer(
    durationSec,
    durationsSec.map((sec) => [sec, sec]),
  );
  offer(
    aspectRatio,
    aspectRatios.map((ratio) => [ratio, ratio]),
  );
}

async function fillForm() {
  const { models: all, styles } = await call('GET', '/models');
  models = all.filter((model) => model.offered);
  if (models.length === 0) throw new Error('No video model is offered right now.');
  const { model, style } = at('wish');
  offer(
    model,
    models.map(({ id, displayName }) => [id, displayName]),
  );
  model.value = models.find(({ id }) => id.includes('fast'))?.id ?? model.value;
  offer(style, [['', 'none'], ...styles.map(({ id, displayName }) => [id, displayName])]);
  followModel();
}

function request() {
  const { model, style, prompt, durationSec, aspectRatio } = at('wish');
  return {
    model: model.value,
    prompt: prompt.value,
    durationSec: Number(durationSec.value),
    aspectRatio: aspectRatio.value,
    ...(style.value && { style: style.value }),
  };
}

function showSignedIn(signedIn) {
  at('sign-in').hidden = signedIn;
  at('wish').hidden = !signedIn;
  at('who').hidden = !signedIn;
  at('user').textContent = signedInAs() ?? '';
}

async function enter() {
  showSignedIn(true);
  await Promise.all([fillForm(), showCredits()]);
  await Promise.all([page(), showPrice(request())]);
}

document.addEventListener('signed-out', ({ detail: reason }) => {
  showSignedIn(false);
  cards.clear();
  at('generations').replaceChildren();
  at('more').hidden = true;
  at('wish').reset();
  at('sign-in').reset();
  message.hidden = true;
  if (reason) complain(reason);
});

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
  attempt(async () => {
    show(await call('POST', '/generations', request(), { 'Idempotency-Key': crypto.randomUUID() }), true);
    await Promise.all([showCredits(), showPrice(request())]);
  });
});

at('more').addEventListener('click', () => attempt(() => page(nextCursor)));
at('sign-out').addEventListener('click', () => signOut());
at('wish').model.addEventListener('change', followModel);
at('wish').addEventListener('change', ({ target }) => target.name !== 'prompt' && attempt(() => showPrice(request())));

async function showHealth() {
  const answer = await fetch('/api/v1/health');
  const { status, stages } = await answer.json();
  const down = stages.filter((stage) => stage.status !== 'healthy').map((stage) => stage.name);
  at('health').textContent = down.length > 0 ? `${status}: ${down.join(', ')}` : status;
}

attempt(showHealth);
if (signedInAs()) attempt(enter);
setInterval(async () => {
  try {
    await refreshOpen();
  } catch (error) {
    if (!(error instanceof SignedOut)) console.warn('refresh failed, trying again', error);
  }
}, REFRESH_MS);

import { call } from './session.js';

const at = (id) => document.getElementById(id);

/** What the user has, in the header. */
export async function showCredits() {
  const { availableCredits, heldCredits } = await call('GET', '/me');
  const held = heldCredits > 0 ? `, ${heldCredits} held` : '';
  at('credits').textContent = `${availableCredits} credits${held}`;
}

/** What a request would cost, below the form, and why it would be refused now. */
export async function showPrice({ prompt: _prompt, ...wish }) {
  const { priceCredits, priceUsd, allowed, refusal } = await call('POST', '/generations/estimate', wish);
  const reason = allowed ? '' : ` · ${refusal.detail}`;
  at('price').textContent = `${priceCredits} credits ($${priceUsd.toFixed(2)})${reason}`;
}

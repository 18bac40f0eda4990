export { accountIn, type FoundAccount, saveAccount, tierOf } from './account.ts';
export { chargeIn, settleIn } from './charge.ts';
export { reconcileLedger } from './reconcile.ts';

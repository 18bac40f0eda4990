export { accountIn, type FoundAccount, findAccount, saveAccount } from './account.ts';
export { assertChargeable, bookCostCorrection, chargeIn, settleIn } from './charge.ts';
export { ledgerOf, type Standing, standingOf } from './mine.ts';
export { reconcileLedger } from './reconcile.ts';

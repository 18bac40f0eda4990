export { chargeIn, settleIn } from './charge.ts';

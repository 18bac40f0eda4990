import { printed } from './verify-access/print.ts';
import { verifyAccess } from './verify-access/verify.ts';

// The functions log here what Cloud Logging would keep; warnings and errors stay.
const quiet = () => undefined;
Object.assign(console, { info: quiet, debug: quiet });

const verified = await verifyAccess();
console.log(printed(verified));
process.exitCode = verified.faults.length === 0 ? 0 : 1;

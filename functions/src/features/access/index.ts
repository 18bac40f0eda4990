export { forgetAccount } from './accountOf.ts';
export { assertActive } from './assertActive.ts';
export { createKey } from './createKey.ts';
export { type Credential, type Identity, identify, isKnownKey } from './identify.ts';
export { listKeys } from './listKeys.ts';
export { assertRoomFor, countAnonymous, countRequest } from './rateLimit.ts';
export { revokeKey } from './revokeKey.ts';
export { rotateKey } from './rotateKey.ts';

/** How a write endpoint is fuzzed: around a request that would work. */
export interface Fuzzed {
  /** `id`: a succeeded generation, where the path names one. */
  path: (id: string) => string;
  /** A body that works; absent where the endpoint takes none, and then the generation's own state refuses it. */
  body?: object;
  /** Bodies that fit the schema and are wrong all the same. */
  alsoWrong?: object[];
  /** True where an Idempotency-Key is read. */
  takesKey?: boolean;
}

const VALID = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };
const NOT_A_PNG = { mimeType: 'image/png', base64: Buffer.from('GIF89a, not PNG').toString('base64') };

/** Every write endpoint of the API. */
export const ENDPOINTS: Record<string, Fuzzed> = {
  'POST /api/v1/generations': {
    path: () => '/api/v1/generations',
    body: VALID,
    takesKey: true,
    alsoWrong: [
      { ...VALID, model: 'sora-9' },
      { ...VALID, durationSec: 7 },
      { ...VALID, resolution: '4k' },
      { ...VALID, prompt: ' \u2003\n' },
      { ...VALID, prompt: 'half a pair \ud83c' },
      { ...VALID, negativePrompt: '\udfff' },
      { ...VALID, image: NOT_A_PNG },
      { ...VALID, image: { mimeType: 'image/jpeg', base64: 'not*base64' } },
      { ...VALID, durationSec: 8, referenceImages: [NOT_A_PNG] },
      { ...VALID, image: NOT_A_PNG, referenceImages: [NOT_A_PNG] },
    ],
  },
  'POST /api/v1/generations/{id}/cancel': {
    path: (id) => `/api/v1/generations/${id}/cancel`,
  },
  'PUT /api/v1/generations/{id}/rating': {
    path: (id) => `/api/v1/generations/${id}/rating`,
    body: { stars: 4 },
  },
};

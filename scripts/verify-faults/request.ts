/** A valid PNG of one grey pixel. */
const PICTURE = {
  mimeType: 'image/png',
  base64: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
};

const FAST = 'veo-3.1-fast-generate-001';
const MODELS = ['veo-3.1-generate-001', FAST, FAST, 'veo-3.1-lite-generate-001'];

/** A request that its model can do: any model, 4 to 8 s, with and without pictures, `minVideos` to 4 videos. */
export function drawRequest(random: () => number, prompt: string, minVideos = 1) {
  const oneOf = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const model = MODELS[Math.floor(random() * MODELS.length)] ?? FAST;
  const kind = oneOf(['text', 'text', 'image', 'reference']);
  const references = kind === 'reference' && !model.includes('lite');
  return {
    ...{ model, prompt },
    durationSec: references ? 8 : oneOf([4, 6, 8]),
    aspectRatio: oneOf(['16:9', '9:16']),
    audio: oneOf([true, false]),
    videos: Math.max(minVideos, oneOf([1, 1, 1, 2, 3, 4])),
    ...(kind === 'image' && { image: PICTURE }),
    ...(references && { referenceImages: [PICTURE] }),
  };
}

const SUBJECTS = [
  'a lighthouse',
  'two foxes',
  'an old tram',
  'a paper boat',
  'a street market',
  'a violinist',
  'a robot gardener',
];
const PLACES = [
  'at dusk',
  'in the first snow',
  'under neon lights',
  'by the sea',
  'in a summer storm',
  'seen from above',
];
const MODELS = [
  'veo-3.1-fast-generate-001',
  'veo-3.1-fast-generate-001',
  'veo-3.1-lite-generate-001',
  'veo-3.1-generate-001',
] as const;
const STYLES = ['cinematic', 'animation', 'documentary', undefined, undefined];

/** A request that one of the demo's users might make. */
export interface Wish {
  model: string;
  prompt: string;
  durationSec: number;
  aspectRatio: string;
  style?: string;
}

/** The next wish, from a stream of random numbers. */
export function nextWish(random: () => number): Wish {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const style = pick(STYLES);
  return {
    model: pick(MODELS),
    prompt: `${pick(SUBJECTS)} ${pick(PLACES)}`,
    durationSec: pick([4, 6, 8]),
    aspectRatio: pick(['16:9', '16:9', '9:16']),
    ...(style && { style }),
  };
}

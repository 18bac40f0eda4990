/** The visual styles that a request may name; `prompt` is what the provider is told. */
export const STYLES = [
  { id: 'cinematic', displayName: 'Cinematic', prompt: 'Cinematic style: film lighting, shallow depth of field.' },
  { id: 'animation', displayName: 'Animation', prompt: 'Animated style: drawn characters, expressive movement.' },
  { id: 'documentary', displayName: 'Documentary', prompt: 'Documentary style: natural light, observational camera.' },
  { id: 'commercial', displayName: 'Commercial', prompt: 'Commercial style: bright, clean, product in focus.' },
  { id: 'music_video', displayName: 'Music video', prompt: 'Music video style: rhythmic cuts, bold colour.' },
  { id: 'vintage', displayName: 'Vintage', prompt: 'Vintage style: film grain, faded colour.' },
  { id: 'noir', displayName: 'Noir', prompt: 'Film noir style: black and white, hard shadows.' },
  { id: 'realistic', displayName: 'Realistic', prompt: 'Photorealistic style.' },
] as const;

export type StyleId = (typeof STYLES)[number]['id'];
export const STYLE_IDS = STYLES.map((style) => style.id) as [StyleId, ...StyleId[]];

/** What the provider is told for a style. */
export function stylePrompt(id: StyleId): string {
  return STYLES.find((style) => style.id === id)?.prompt ?? '';
}

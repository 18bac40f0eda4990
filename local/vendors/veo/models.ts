/** What a Veo model on Vertex accepts. */
export interface VeoModel {
  resolutions: readonly string[];
  /** Pictures that the video's subjects should look like. */
  referenceImages: boolean;
  /** Median render time of one 720p video, by the local stack's own choice (Google promises 11 s to 6 min). */
  medianRenderMs: number;
}

/** Models that answer; every other name answers 404, as a retired model does. */
export const VEO_MODELS: ReadonlyMap<string, VeoModel> = new Map([
  ['veo-3.1-generate-001', { resolutions: ['720p', '1080p', '4k'], referenceImages: true, medianRenderMs: 70_000 }],
  [
    'veo-3.1-fast-generate-001',
    { resolutions: ['720p', '1080p', '4k'], referenceImages: true, medianRenderMs: 35_000 },
  ],
  ['veo-3.1-lite-generate-001', { resolutions: ['720p', '1080p'], referenceImages: false, medianRenderMs: 20_000 }],
]);

/**
 * Vertex AI's safety support codes by category.
 * Source: Google Cloud, "Responsible AI and usage guidelines for Veo", safety code categories.
 */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  child: ['58061214', '17301594'],
  celebrity: ['29310472', '15236754'],
  video_safety: ['64151117', '42237218'],
  dangerous_content: ['62263041'],
  hate: ['57734940', '22137204'],
  other: ['74803281', '29578790', '42876398'],
  prohibited_content: ['89371032', '49114662', '63429089', '72817394', '60599140'],
  third_party_content: ['35561574', '35561575'],
  sexual: ['90789179', '43188360'],
  toxic: ['78610348'],
  violence: ['61493863', '56562880'],
  vulgar: ['32635315'],
};

const categoryByCode = new Map(
  Object.entries(CATEGORIES).flatMap(([category, codes]) => codes.map((c) => [c, category])),
);

/** The categories of the support codes that stand in these texts; `unspecified` for a text without a known code. */
export function blockReasonsOf(texts: readonly string[]): string[] {
  const reasons = texts.flatMap((text) => {
    const known = codesIn(text);
    return known.length > 0 ? known : ['unspecified'];
  });
  return [...new Set(reasons)].sort();
}

/** True when a message carries a safety support code. */
export function mentionsSafetyCode(text: string): boolean {
  return codesIn(text).length > 0;
}

function codesIn(text: string): string[] {
  return (text.match(/\b\d{8}\b/g) ?? []).flatMap((code) => categoryByCode.get(code) ?? []);
}

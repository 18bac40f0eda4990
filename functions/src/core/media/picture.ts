/** A picture of 8-bit RGBA pixels, row by row. */
export interface Picture {
  width: number;
  height: number;
  rgba: Buffer;
}

/** What a channel reaches at least, of 255, for a picture not to count as black. */
const BLACK_BELOW = 24;

/** True when hardly anything in it is brighter than black. */
export function isBlack({ rgba }: Picture): boolean {
  let bright = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    if (Math.max(rgba[i] ?? 0, rgba[i + 1] ?? 0, rgba[i + 2] ?? 0) >= BLACK_BELOW) bright++;
  }
  return bright < rgba.length / 4 / 200;
}

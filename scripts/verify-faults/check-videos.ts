import type { Check } from '../drive/report.ts';
import { checkAll } from './check.ts';
import type { Observed } from './observe.ts';

const VIDEO = /^videos\/.*\.mp4$/;
const STAGED = /^attempts\/([^/]+)\/(\d+)\//;

/** Each success has its videos in storage, nothing else has any, and no attempt's work is left lying about. */
export function checkVideos({ generations, objects }: Observed): Check[] {
  const all = [...generations.values()];
  const succeeded = all.filter(({ state }) => state === 'succeeded');
  const sizes = new Map(objects.map(({ name, sizeBytes }) => [name, sizeBytes]));
  const owned = new Set(all.flatMap(({ outputs }) => outputs.map(({ path }) => path)));
  const videos = objects.filter(({ name }) => VIDEO.test(name));
  const staged = objects.filter(({ name }) => STAGED.test(name));
  return [
    checkAll(
      'a success has the videos asked for, less those withheld',
      succeeded.length,
      succeeded.flatMap(({ id, asked, outputs, videosBlocked, attempts }) => {
        const wanted = asked.videos - videosBlocked;
        // Where only storage tells what was rendered, nobody says how many videos were withheld.
        const told = attempts.at(-1)?.operation !== undefined;
        const whole = told ? outputs.length === wanted : outputs.length <= wanted;
        return whole && outputs.length > 0 ? [] : `${id} ${outputs.length} of ${wanted}`;
      }),
    ),
    checkAll(
      'nothing else has videos',
      all.length - succeeded.length,
      all.flatMap(({ id, state, outputs }) => (state === 'succeeded' || outputs.length === 0 ? [] : `${id} ${state}`)),
    ),
    checkAll(
      'each video is stored, in its size',
      owned.size,
      succeeded.flatMap(({ outputs }) =>
        outputs.flatMap(({ path, sizeBytes }) => (sizeBytes > 0 && sizes.get(path) === sizeBytes ? [] : path)),
      ),
    ),
    checkAll(
      'each stored video is of a success',
      videos.length,
      videos.flatMap(({ name }) => (owned.has(name) ? [] : name)),
    ),
    checkAll(
      "no attempt's files are left",
      staged.length,
      staged.map(({ name }) => name),
    ),
  ];
}

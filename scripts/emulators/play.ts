import { writeFile } from 'node:fs/promises';
import { play } from './scenario.ts';

/** Run by `firebase emulators:exec`: plays the scenario there and writes down what each step came to. */
const { DAILIES_PLACE: place, DAILIES_OUTCOMES: file } = process.env;
if (!place || !file) throw new Error('started by npm run test:emulators only');
await writeFile(file, JSON.stringify(await play(JSON.parse(place))));

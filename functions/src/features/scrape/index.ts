export { queueDepths } from './queueDepths.ts';
export { scrape } from './scrape.ts';

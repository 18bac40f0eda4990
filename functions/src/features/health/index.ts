export { type Health, health, services } from './health.ts';

export { writeMinute } from './writeMinute.ts';

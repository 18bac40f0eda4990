export { type LiveWish, type Outlet, type Watch, watch } from './watch.ts';

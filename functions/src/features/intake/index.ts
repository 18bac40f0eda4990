export { assertIntake, countAdmitted } from './intake.ts';

import { runTogether } from './run-stack.ts';

await runTogether('start');

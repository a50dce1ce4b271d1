import { runTogether } from './run-stack.ts';

await runTogether('dev');

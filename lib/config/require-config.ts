import { ConfigError, config } from './env.ts';

/** Ends the process with exit code 1 and the list of problems, when the configuration has any. */
export function requireConfig(): void {
  try {
    config();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

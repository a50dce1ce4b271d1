import type { Config } from '#lib/config/env.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import type { CallSpan } from './instrument.ts';

/** A request to the endpoint, and what its steps need besides it. */
export type RequestContext = {
  readonly request: Request;
  readonly settings: Config;
  readonly schedule: Schedule;
  readonly span: CallSpan;
};

import type { Discovery } from '../discovery.ts';
import type { Finding } from '../finding.ts';

/** A rule over what discovery learnt: gives a finding where the server could do better. */
export type Rule = (discovery: Discovery) => Finding | readonly Finding[] | undefined;

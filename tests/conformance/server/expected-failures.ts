import type { Revision, Verdict } from '../official-suite.ts';

type Expected = { verdict: Exclude<Verdict, 'passed'>; revisions: readonly Revision[]; reason: string };

const STATEFUL: readonly Revision[] = ['2025-06-18', '2025-11-25'];

const ASKS_THE_CLIENT =
  'the server sends a request of its own and waits for the answer in another HTTP request; serving that keeps nothing between requests has nowhere to wait. 2026-07-28 asks with an input_required result instead, and those scenarios pass';
const SUBSCRIBES =
  'a subscription lives in a session and its updates in a stream of that session; there is neither, so the capability is not offered. 2026-07-28 has subscriptions/listen instead, and server-stateless checks it';
const NO_SESSION =
  'the server gives out no session id, which is allowed; the scenario then has nothing to check';

/**
 * Scenarios that do not pass, with the reason. One that starts to pass, or changes in another way, fails the run
 * until it is taken off this list.
 */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  'tools-call-sampling': { verdict: 'failed', revisions: STATEFUL, reason: ASKS_THE_CLIENT },
  'tools-call-elicitation': { verdict: 'failed', revisions: STATEFUL, reason: ASKS_THE_CLIENT },
  'elicitation-sep1034-defaults': { verdict: 'failed', revisions: ['2025-11-25'], reason: ASKS_THE_CLIENT },
  'elicitation-sep1330-enums': { verdict: 'failed', revisions: ['2025-11-25'], reason: ASKS_THE_CLIENT },
  'resources-subscribe': { verdict: 'failed', revisions: STATEFUL, reason: SUBSCRIBES },
  'resources-unsubscribe': { verdict: 'failed', revisions: STATEFUL, reason: SUBSCRIBES },
  'server-session-lifecycle': {
    verdict: 'not applicable',
    revisions: ['2025-03-26', '2025-06-18', '2025-11-25'],
    reason: NO_SESSION,
  },
  'server-sse-polling': {
    verdict: 'warned',
    revisions: ['2025-11-25'],
    reason: `${NO_SESSION}, nor events to resume from. The suite's own list does not score it`,
  },
  'server-sse-multiple-streams': {
    verdict: 'warned',
    revisions: ['2025-11-25'],
    reason: `${NO_SESSION}. It passes at 2026-07-28, which has no sessions`,
  },
};

/** What a scenario is expected to come to at a revision. */
export function expectedVerdict(scenario: string, revision: Revision): Verdict {
  const expected = EXPECTED[scenario];
  return expected?.revisions.includes(revision) ? expected.verdict : 'passed';
}

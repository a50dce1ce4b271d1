import type { CallToolResult } from '@modelcontextprotocol/client';
import { Badge } from '#components/ui/badge.tsx';
import type { Call } from './calls.ts';

export const duration = (milliseconds: number) =>
  milliseconds < 10_000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/** Whether a call went well, in a word. */
export function CallState({ call: { state, outcome, asked } }: { call: Call }) {
  if (asked) return <Badge tone="accent">Waiting for you</Badge>;
  if (state === 'running') return <Badge tone="accent">Running</Badge>;
  if (state === 'cancelled') return <Badge>Cancelled</Badge>;
  if (outcome?.input) return <Badge tone="accent">Input required</Badge>;
  if (outcome?.stepUp) return <Badge tone="warn">More scopes needed</Badge>;
  const isError = (outcome?.result as CallToolResult | undefined)?.isError === true;
  if (state === 'failed' || !outcome || outcome.failure || outcome.findings.length > 0)
    return <Badge tone="bad">Failed</Badge>;
  return isError ? <Badge tone="bad">Tool error</Badge> : <span className="text-foreground">Done</span>;
}

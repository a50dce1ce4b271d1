import { countOf } from '#components/ui/format.ts';
import type { ScopeCount } from '#lib/connections/organization/scope.ts';

/** `3 connections of 2 people`. */
export function describeCount({ connections, people }: ScopeCount): string {
  return `${countOf(connections, 'connection')} of ${countOf(people, 'person', 'people')}`;
}

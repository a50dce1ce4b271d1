import type { Configuration } from '@vercel/otel';

type SpanProcessor = Exclude<NonNullable<Configuration['spanProcessors']>[number], string>;

const QUERY = /[?#].*$/s;

/**
 * Takes the query off every URL in a span before it is exported: Next writes the whole URL of a request into its
 * spans, and codes and states of sign-in stand there.
 */
export function withoutQueries(): SpanProcessor {
  return {
    onStart(span) {
      if (QUERY.test(span.name)) span.updateName(span.name.replace(QUERY, ''));
    },
    // Some are set when the span ends, so this is the one moment to catch them all; the attributes are still the
    // object that is exported.
    onEnd({ attributes }) {
      for (const [name, value] of Object.entries(attributes))
        if (typeof value === 'string' && /url|target|route|path|name/.test(name))
          attributes[name] = value.replace(QUERY, '');
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

import type { Configuration } from '@vercel/otel';

type SpanProcessor = Exclude<NonNullable<Configuration['spanProcessors']>[number], string>;

const QUERY = /[?#].*$/s;

/**
 * A span processor that removes the query string of every URL before a span is exported. Next writes the whole URL of a
 * request into its spans, with the code and state of a sign-in.
 */
export function stripQueryStrings(): SpanProcessor {
  return {
    onStart(span) {
      if (QUERY.test(span.name)) span.updateName(span.name.replace(QUERY, ''));
    },
    // Some attributes are set when the span ends, so all are present only now. This object is the one exported.
    onEnd({ attributes }) {
      for (const [name, value] of Object.entries(attributes))
        if (typeof value === 'string' && /url|target|route|path|name/.test(name))
          attributes[name] = value.replace(QUERY, '');
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

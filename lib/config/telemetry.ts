/** Where traces and counters go. */
export type TelemetryConfig = {
  serviceName: string;
  /** Base URL of an OTLP/HTTP collector; undefined where only Vercel's own tracing collects. */
  endpoint: string | undefined;
  /** Sent with every export, an API key for example. */
  headers: Readonly<Record<string, string>>;
};

type Variables = {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  OTEL_EXPORTER_OTLP_HEADERS?: string;
  OTEL_SERVICE_NAME: string;
};

/** `name=value` pairs as OpenTelemetry writes them (Protocol Exporter); undefined when `text` holds anything else. */
export function headerPairs(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  for (const pair of text.split(',')) {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return undefined;
    try {
      pairs.push([name, decodeURIComponent(value)]);
    } catch {
      return undefined;
    }
  }
  return Object.fromEntries(pairs);
}

/**
 * What the OpenTelemetry variables ask for.
 *
 * @param options.onVercel - Vercel collects traces of this deployment
 * @returns undefined when nobody collects, and then nothing is measured
 */
export function telemetryConfig(
  variables: Variables,
  { onVercel }: { onVercel: boolean },
): TelemetryConfig | undefined {
  const endpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined && !onVercel) return undefined;
  const headers = headerPairs(variables.OTEL_EXPORTER_OTLP_HEADERS ?? '') ?? {};
  return { serviceName: variables.OTEL_SERVICE_NAME, endpoint, headers };
}

/** Where traces and counters are sent. */
export type TelemetryConfig = {
  serviceName: string;
  /** Base URL of an OTLP/HTTP collector; undefined when only Vercel collects traces. */
  endpoint: string | undefined;
  /** Headers of every export, for example an API key. */
  headers: Readonly<Record<string, string>>;
};

type Variables = {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  OTEL_EXPORTER_OTLP_HEADERS?: string;
  OTEL_SERVICE_NAME: string;
};

/** Parses `name=value` pairs as OpenTelemetry defines them (Protocol Exporter); undefined for anything else. */
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
 * The configuration of the OpenTelemetry variables.
 *
 * @param options.onVercel - Vercel collects traces of this deployment
 * @returns undefined when there is no collector, and then nothing is measured
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

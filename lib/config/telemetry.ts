import { z } from 'zod';

/** The collector of traces and counters. */
export type TelemetryConfig = {
  serviceName: string;
  /** Base URL of an OTLP/HTTP collector; undefined when only Vercel's tracing collects. */
  endpoint: string | undefined;
  /** Sent with every export, for example an API key. */
  headers: Readonly<Record<string, string>>;
};

/** Reads `name=value` pairs (OpenTelemetry, Protocol Exporter); undefined when `text` has another form. */
function headerPairs(text: string): Record<string, string> | undefined {
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

/** The variables of OpenTelemetry that this server reads. */
export const telemetryVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({
      protocol: /^https?$/,
      error: 'set the http(s) URL of an OpenTelemetry collector (http://localhost:4318), or remove it',
    })
    .refine((text) => !text.endsWith('/'), { error: 'remove the slash at its end' })
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .refine((text) => headerPairs(text) !== undefined, {
      error: 'set name=value pairs separated by commas, or remove it',
    })
    .optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'], { error: 'set `http/protobuf` or `http/json`, or remove it' })
    .optional(),
  OTEL_SERVICE_NAME: z.string().default('mcp-authkit-starter'),
};

type Variables = z.infer<z.ZodObject<typeof telemetryVariables>>;

/**
 * The telemetry that the variables configure.
 *
 * @param options.onVercel - Vercel collects traces of this deployment
 * @returns undefined when there is no collector; then nothing is observed
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

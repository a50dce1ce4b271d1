import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '#lib/config/env.ts';

const minimal = {
  AUTHKIT_DOMAIN: 'https://team.authkit.app',
  WORKOS_API_KEY: 'sk_live_secret_key',
  WORKOS_CLIENT_ID: 'client_123',
  WORKOS_COOKIE_PASSWORD: 'Zq3vN8kL2pR7tY5wX1cB9mD4fG6hJ0sA',
};

describe('traces and counters', () => {
  test('are not exported without a collector', () => {
    expect(parseConfig(minimal).telemetry).toBeUndefined();
    expect(parseConfig({ ...minimal, OTEL_SERVICE_NAME: 'mcp' }).telemetry).toBeUndefined();
  });

  test('are exported to the configured collector with its headers, or to the one of Vercel', () => {
    const endpoint = 'https://otlp.example.com';
    const headers = 'x-api-key=a%3Db, x-team=mcp';
    expect(
      parseConfig({
        ...minimal,
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: headers,
      }).telemetry,
    ).toEqual({
      serviceName: 'mcp-authkit-starter',
      endpoint,
      headers: { 'x-api-key': 'a=b', 'x-team': 'mcp' },
    });
    expect(parseConfig({ ...minimal, VERCEL_OTEL_ENDPOINTS: 'x' }).telemetry).toMatchObject({
      endpoint: undefined,
    });
  });
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'URL of an OpenTelemetry collector'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318/', 'remove the slash'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization', 'name=value'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'key=%zz', 'name=value'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/protobuf'],
])('%s = %j is refused alone, and the fix says: %s', (variable, value, fix) => {
  let problems: ConfigError['problems'] = [];
  try {
    parseConfig({ ...minimal, [variable]: value });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems = error.problems;
  }
  expect(problems).toMatchObject([{ variable, fix: expect.stringContaining(fix) }]);
});

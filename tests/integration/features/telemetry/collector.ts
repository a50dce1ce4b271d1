import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
type Attribute = { key: string; value: Value };
type OtlpSpan = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status?: { code?: number };
  traceState?: string;
  attributes: Attribute[];
  links?: { traceId: string }[];
};
type OtlpPoint = { attributes: Attribute[]; asDouble?: number; count?: string };
type OtlpMetric = {
  name: string;
  sum?: { dataPoints: OtlpPoint[] };
  histogram?: { dataPoints: OtlpPoint[] };
};

type CollectedSpan = Omit<OtlpSpan, 'attributes'> & { attributes: Record<string, unknown> };
type CollectedPoint = { metric: string; attributes: Record<string, unknown>; value: number };

/** An OpenTelemetry collector on loopback that keeps what it is sent (OTLP/HTTP, JSON). */
export type Collector = {
  url: string;
  spans(): CollectedSpan[];
  /** The newest value of every series. */
  points(): CollectedPoint[];
  /** Everything that came in, as it came: to look for what must not be there. */
  received(): string;
  /** Header fields of the newest request. */
  headers(): NodeJS.Dict<string | string[]>;
  close(): Promise<void>;
};

function flat(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue,
    ]),
  );
}

/** Starts a collector on a free port. */
export async function startCollector(): Promise<Collector> {
  const bodies: { path: string; text: string }[] = [];
  let newest: NodeJS.Dict<string | string[]> = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push({ path: request.url ?? '', text: Buffer.concat(chunks).toString() });
    newest = request.headers;
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const requests = (path: string) =>
    bodies.filter((body) => body.path === path).map(({ text }) => JSON.parse(text));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      requests('/v1/traces')
        .flatMap(({ resourceSpans }) => resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }: { spans: OtlpSpan[] }) => spans)
        .map((span) => ({ ...span, attributes: flat(span.attributes) })),
    points: () => {
      const series = new Map<string, CollectedPoint>();
      const metrics: OtlpMetric[] = requests('/v1/metrics')
        .flatMap(({ resourceMetrics }) => resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics);
      for (const { name, sum, histogram } of metrics)
        for (const point of [...(sum?.dataPoints ?? []), ...(histogram?.dataPoints ?? [])]) {
          const attributes = flat(point.attributes);
          const value = point.asDouble ?? Number(point.count);
          series.set(`${name} ${JSON.stringify(attributes)}`, { metric: name, attributes, value });
        }
      return [...series.values()];
    },
    received: () => bodies.map(({ text }) => text).join('\n'),
    headers: () => newest,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

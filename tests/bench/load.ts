import autocannon from 'autocannon';

/** One thing to measure: a request, and what a good answer looks like. */
export type Variant = {
  name: string;
  url: string;
  method?: 'GET' | 'POST';
  body?: string;
  headers?: Record<string, string>;
  /** Tokens to go through, one a request; without it `headers` stay as they are. */
  tokens?: readonly string[];
  status: number;
  /** Text that every good answer has. */
  contains: string;
};

/**
 * Puts load on a variant for some seconds and counts its good answers.
 *
 * @returns good answers a second
 * @throws {Error} when an answer had another status, or the first one another body: a route that answers 404
 *   looks fast
 */
export async function rate(variant: Variant, connections: number, seconds: number): Promise<number> {
  await checkAnswer(variant);
  let next = 0;
  const { tokens } = variant;
  const result = await autocannon({
    url: variant.url,
    connections,
    duration: seconds,
    method: variant.method ?? 'POST',
    ...(variant.headers && { headers: variant.headers }),
    ...(variant.body !== undefined && { body: variant.body }),
    ...(tokens && {
      requests: [
        {
          setupRequest: (request) => {
            const token = tokens[next++ % tokens.length];
            return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
          },
        },
      ],
    }),
  });
  const good = result.statusCodeStats?.[String(variant.status) as never] as { count?: number } | undefined;
  const others = Object.keys(result.statusCodeStats ?? {}).filter(
    (status) => status !== String(variant.status),
  );
  if (others.length > 0 || result.errors > 0)
    throw new Error(
      `${variant.name}: answers ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`,
    );
  return (good?.count ?? 0) / result.duration;
}

async function checkAnswer({
  name,
  url,
  method = 'POST',
  body,
  headers,
  tokens,
  status,
  contains,
}: Variant): Promise<void> {
  const authorization = tokens?.[0];
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(authorization && { authorization: `Bearer ${authorization}` }) },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (response.status !== status || !text.includes(contains))
    throw new Error(`${name}: ${response.status} ${text.slice(0, 300)}`);
}

/** The middle value, and the spread of the middle half relative to it. */
export function median(values: readonly number[]): { median: number; spread: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const middle = at(0.5);
  return { median: middle, spread: (at(0.75) - at(0.25)) / middle };
}

/**
 * Warms each variant up until it gets no faster, then measures them in turn, several rounds.
 *
 * @param rounds - how often each is measured
 * @param seconds - how long each time
 */
export async function interleaved(
  variants: readonly Variant[],
  { connections = 16, rounds, seconds }: { connections?: number; rounds: number; seconds: number },
): Promise<Map<string, { median: number; spread: number }>> {
  for (const variant of variants) await warm(variant, connections, seconds);
  const rates = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const variant of variants) rates.get(variant.name)?.push(await rate(variant, connections, seconds));
  return new Map([...rates].map(([name, values]) => [name, median(values)]));
}

async function warm(variant: Variant, connections: number, seconds: number): Promise<void> {
  let before = 0;
  for (let attempt = 0; attempt < 10; attempt++) {
    const now = await rate(variant, connections, seconds);
    if (attempt >= 2 && now < before * 1.05) return;
    before = Math.max(before, now);
  }
}

import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { rasterImage } from '#features/connected-clients/logo/raster-image.ts';
import { createClientLogo, newLogoCache } from '#features/connected-clients/logo/read-logo.ts';
import { createClientMetadataReader } from '#lib/cimd/client-metadata-document.ts';
import { startFakeInternet } from '#tests/support/fake-internet.ts';

const PNG = readFileSync('public/logo.png');
const GIF = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');
const WEBP = Buffer.from('UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=', 'base64');
const WEBP_LOSSLESS = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');
const JPEG = Buffer.from(
  `ffd8ffe000104a46494600010100000100010000ffdb00430001${'01'.repeat(63)}ffc0000b080020004001011100ffd9`,
  'hex',
);
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');

describe('an image', () => {
  test('the format and size of an image are read from its bytes', () => {
    expect(rasterImage(PNG)).toEqual({ mediaType: 'image/png', width: 256, height: 256 });
    expect(rasterImage(GIF)).toEqual({ mediaType: 'image/gif', width: 1, height: 1 });
    expect(rasterImage(WEBP)).toEqual({ mediaType: 'image/webp', width: 1, height: 1 });
    expect(rasterImage(WEBP_LOSSLESS)).toEqual({ mediaType: 'image/webp', width: 1, height: 1 });
    expect(rasterImage(JPEG)).toEqual({ mediaType: 'image/jpeg', width: 64, height: 32 });
  });

  test('a document, text or a truncated image is not an image', () => {
    for (const bytes of [
      SVG,
      Buffer.from('<html>'),
      Buffer.alloc(0),
      Buffer.from('GIF8'),
      PNG.subarray(0, 20),
      JPEG.subarray(0, 40),
    ])
      expect(rasterImage(bytes)).toBeUndefined();
  });
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function logoOf(serveLogo: RequestListener, logoUri = 'https://client.example.com/logo') {
  const clientId = 'https://client.example.com/client.json';
  const web = await startFakeInternet(['client.example.com'], (request, response) => {
    if (request.url !== '/client.json') return serveLogo(request, response);
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        client_id: clientId,
        logo_uri: logoUri,
        redirect_uris: ['https://client.example.com/cb'],
      }),
    );
  });
  closing.push(web.close);
  const settings = () => ({ loopback: false, appUrl: 'https://app.example.org' });
  const read = createClientMetadataReader({ fetch: web.fetch, settings, now: () => 0 });
  const logo = createClientLogo({ fetch: web.fetch, read, settings, cache: newLogoCache() });
  return { get: () => logo(clientId), web };
}

// What is not shown, and how it is served, is in tests/security/features/connected-clients/text-from-clients.test.ts.
describe('a client’s logo', () => {
  test('a logo is fetched once and served with the type of its bytes', async () => {
    const { get, web } = await logoOf((_request, response) =>
      response.setHeader('content-type', 'text/html').end(PNG),
    );
    const logo = await get();
    expect(logo?.mediaType).toBe('image/png');
    expect(Buffer.from(logo?.bytes ?? []).equals(PNG)).toBe(true);
    await get();
    expect(web.reached.requests).toBe(2);
  });

  test('a logo at a private address is not fetched', async () => {
    const { get, web } = await logoOf((_request, response) => response.end(PNG), 'https://10.0.0.1/logo.png');
    expect(await get()).toBeUndefined();
    expect(web.forbidden.connections).toBe(0);
    expect(web.dialled).toHaveLength(1);
  });
});

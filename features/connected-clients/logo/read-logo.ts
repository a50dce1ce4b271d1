import { LRUCache } from 'lru-cache';
import { whereToFetch } from '#lib/cimd/client-metadata.ts';
import {
  type ClientMetadataReading,
  type ReadOptions,
  readClientMetadata,
} from '#lib/cimd/client-metadata-document.ts';
import { type Config, config } from '#lib/config/env.ts';
import { type GuardedFetch, GuardedFetchError, guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { type RasterImage, rasterImage } from './raster-image.ts';

export type ClientLogo = { mediaType: RasterImage['mediaType']; bytes: Uint8Array };

const MAX_BYTES = 128 * 1024;
const MAX_PIXELS_PER_SIDE = 2048;
const TIMEOUT_MS = 3_000;
export const CACHE_SECONDS = 3600;

type Cache = LRUCache<string, ClientLogo>;
export type LogoDependencies = {
  fetch: GuardedFetch;
  read: (clientId: string, options: ReadOptions) => Promise<ClientMetadataReading>;
  settings: () => Pick<Config, 'loopback' | 'appUrl'>;
  cache: Cache;
};

export const newLogoCache = (): Cache =>
  new LRUCache({
    max: 500,
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: ({ bytes }) => bytes.length,
    ttl: CACHE_SECONDS * 1000,
  });

/** Makes a reader with its own dependencies. The product uses {@link clientLogo}. */
export function createClientLogo({ fetch, read, settings, cache }: LogoDependencies) {
  return async (clientId: string, options: ReadOptions = {}): Promise<ClientLogo | undefined> => {
    const { logoUri } = await read(clientId, options);
    if (logoUri === undefined) return undefined;
    const cached = cache.get(logoUri);
    if (cached !== undefined) return cached;
    const { url, allowLoopback } = whereToFetch(new URL(logoUri), settings());
    try {
      const { status, body } = await fetch(url, {
        accept: 'image/png, image/jpeg, image/webp, image/gif',
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        allowLoopback,
        limitKey: options.limitKey,
        signal: options.signal,
      });
      const image = status === 200 ? rasterImage(body) : undefined;
      if (image === undefined || Math.max(image.width, image.height) > MAX_PIXELS_PER_SIDE) return undefined;
      const logo = { mediaType: image.mediaType, bytes: body };
      cache.set(logoUri, logo);
      return logo;
    } catch (error) {
      if (error instanceof GuardedFetchError) return undefined;
      throw error;
    }
  };
}

const processCache = perProcess('client-logos', newLogoCache);

/**
 * The logo of a client with a verified metadata document: a raster image of at most 128 KB and 2048 pixels a side,
 * fetched by this server, so that the client's host does not learn which user sees it (CIMD -02 section 8.8).
 *
 * @returns undefined when the client has no logo that may be displayed
 * @throws {GuardedFetchError} `limited`, see {@link readClientMetadata}
 */
export function clientLogo(clientId: string, options: ReadOptions = {}): Promise<ClientLogo | undefined> {
  const dependencies = {
    fetch: guardedFetch,
    read: readClientMetadata,
    settings: config,
    cache: processCache(),
  };
  return createClientLogo(dependencies)(clientId, options);
}

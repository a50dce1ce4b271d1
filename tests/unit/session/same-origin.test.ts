import { describe, expect, it } from 'vitest';
import { crossSite } from '#lib/session/same-origin.ts';

const appUrl = 'https://app.example';

describe('a request that changes something', () => {
  it('is accepted from a page of this site', () =>
    expect(crossSite(new Headers({ origin: appUrl }), appUrl)).toBeUndefined());

  it('is refused without an Origin', () =>
    expect(crossSite(new Headers(), appUrl)).toEqual({ reason: 'no_origin' }));

  it('is refused from a sandboxed frame or a data: page', () =>
    expect(crossSite(new Headers({ origin: 'null' }), appUrl)).toEqual({ reason: 'null_origin' }));

  it.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.example',
    'https://APP.example',
    'https://app.example/',
    'https://app.example, https://evil.example',
  ])('is refused from %s', (origin) =>
    expect(crossSite(new Headers({ origin }), appUrl)).toEqual({ reason: 'foreign_origin' }),
  );

  it('is refused from another origin, even when Host and X-Forwarded-Host name it', () => {
    const headers = new Headers({
      origin: 'https://evil.example',
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
    });
    expect(crossSite(headers, appUrl)).toEqual({ reason: 'foreign_origin' });
  });
});

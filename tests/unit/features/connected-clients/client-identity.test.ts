import { describe, expect, it } from 'vitest';
import { identify, initials } from '#features/connected-clients/client-identity.ts';
import { row } from './client-record.ts';

const registered = { ...row, clientId: 'client_1', host: undefined, dynamicallyRegistered: true };

describe('a client with a metadata document', () => {
  it('is listed by its host, which AuthKit read at consent, with its name as a claim', () =>
    expect(identify(row)).toMatchObject({
      title: 'app.example',
      proven: true,
      level: 'at_consent',
      detail: 'Name claimed: App (unverified)',
      hasLogo: false,
      warning: undefined,
    }));

  it('has a warning when its host resembles a well-known one', () =>
    expect(identify({ ...row, host: 'claude-ai.example' }).warning).toMatch(/Claude/));
});

describe('a client that registered itself', () => {
  it('is listed by its name in quotes, and never as proven', () =>
    expect(identify({ ...registered, redirectUris: ['https://a.example/cb'] })).toMatchObject({
      title: '“App”',
      proven: false,
      detail: 'Redirects to a.example',
      level: 'self_registered',
    }));

  it('is a local app when it only redirects to this computer', () =>
    expect(
      identify({ ...registered, redirectUris: ['http://127.0.0.1:1/cb', 'http://localhost/cb'] }),
    ).toMatchObject({ level: 'local', detail: 'Runs on your computer' }));

  it.each([
    'http://localhost.evil.example/cb',
    'http://127.0.0.1.evil.example/',
    'http://localhost@evil.example/',
  ])('is not a local app when it redirects to %s', (uri) =>
    expect(identify({ ...registered, redirectUris: [uri] }).level).toBe('self_registered'),
  );

  it('has a warning when it has a well-known name and redirects to a website of others', () => {
    const claude = { ...registered, name: 'Claude' };
    expect(identify({ ...claude, redirectUris: ['https://evil.example/cb'] }).warning).toMatch(/Claude/);
    expect(identify({ ...claude, redirectUris: ['https://claude.ai/cb'] }).warning).toBeUndefined();
    expect(identify({ ...claude, redirectUris: ['http://localhost:1/cb'] }).warning).toBeUndefined();
  });

  it('has a title without a name', () =>
    expect(identify({ ...registered, name: undefined }).title).toBe('Unnamed client'));
});

describe('initials', () => {
  it.each([
    ['claude.ai', 'CA'],
    ['“Cursor”', 'C'],
    ['Ünïcode näme here', 'ÜN'],
    ['', ''],
    ['<script>', 'S'],
  ])('of %s are %s', (title, expected) => expect(initials(title)).toBe(expected));
});

import { expect, test } from 'vitest';
import { repositoryUrl } from '#features/how-it-works/file-link.tsx';

test.each([
  ['https://github.com/acme/mcp', 'https://github.com/acme/mcp/blob/HEAD'],
  ['git+https://github.com/acme/mcp.git', 'https://github.com/acme/mcp/blob/HEAD'],
  ['https://gitlab.com/acme/mcp/', 'https://gitlab.com/acme/mcp/-/blob/HEAD'],
  ['git@github.com:acme/mcp.git', undefined],
  ['javascript:alert(1)', undefined],
  [undefined, undefined],
])('files of the repository %j are linked below %j', (repository, url) =>
  expect(repositoryUrl(repository)).toBe(url),
);

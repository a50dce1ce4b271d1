import type { Authorization } from './call-messages.ts';
import { headerProblem } from './request-headers.ts';

/** How a person wants to be authorized. Token and headers remain in the memory of the page. */
export type Access = {
  kind: Authorization['kind'];
  token: string;
  headers: readonly { name: string; value: string }[];
};

export const SIGN_IN: Access = { kind: 'session', token: '', headers: [{ name: '', value: '' }] };

const entered = ({ headers }: Access) => headers.filter(({ name, value }) => name !== '' || value !== '');

/** What has to be corrected before a request, as a sentence. */
export function accessProblem(access: Access): string | undefined {
  switch (access.kind) {
    case 'bearer':
      if (access.token === '') return 'Enter a token.';
      return /^[\x21-\x7e]{1,8192}$/.test(access.token)
        ? undefined
        : 'A token is ASCII without spaces, of at most 8192 characters. Leave "Bearer" out.';
    case 'headers': {
      const list = entered(access);
      if (list.length > 20) return 'At most 20 headers.';
      return list.map(headerProblem).find((problem) => problem !== undefined);
    }
    default:
      return undefined;
  }
}

/** The authorization of a request. */
export function authorizationOf(access: Access): Authorization {
  switch (access.kind) {
    case 'bearer':
      return { kind: 'bearer', token: access.token };
    case 'headers':
      return { kind: 'headers', headers: entered(access) };
    default:
      return { kind: access.kind };
  }
}

/** Names of the headers that carry credentials, in lower case. */
export function secretHeaders(access: Access): string[] {
  switch (access.kind) {
    case 'none':
      return [];
    case 'headers':
      return entered(access).map(({ name }) => name.toLowerCase());
    default:
      return ['authorization'];
  }
}

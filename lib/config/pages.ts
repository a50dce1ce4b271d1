import type { Route } from 'next';

/** A page of the site. A path without a route under `app/` is a type error. */
export type Page = {
  path: Route;
  label: string;
  /** Text of the link on the landing page; without it the landing page has no link. */
  description?: string;
  /** Whether the header links to it. */
  navigation?: boolean;
  /** Whether the menu of the signed-in user links to it. */
  personal?: boolean;
  /** Whether it is shown without a session. The page enforces it with `requireUser`; tests compare the two. */
  public?: boolean;
  /** Whether the protected resource metadata names it as `resource_documentation` (RFC 9728 section 2). */
  documentation?: boolean;
  /** Redirect URI with which the page is a client of other servers, published in our own client metadata document. */
  oauthCallback?: Route;
};

/** Every page with a fixed path. The header, the landing page, published metadata and tests read this list. */
export const PAGES: readonly Page[] = [
  { path: '/', label: 'Home', public: true },
  {
    path: '/clients',
    label: 'Connected clients',
    description: 'See which AI apps can act for you, and revoke access.',
    navigation: true,
  },
  { path: '/clients/revoke', label: 'Revoke access' },
  { path: '/organization', label: 'Organization' },
  { path: '/organization/policy', label: 'Access policy' },
  { path: '/organization/audit', label: 'Audit log' },
  {
    path: '/inspector',
    label: 'Inspector',
    description: 'Debug any MCP server’s OAuth flow step by step.',
    navigation: true,
    oauthCallback: '/inspector/callback',
  },
  { path: '/inspector/client-metadata', label: 'Validate a client metadata document' },
  { path: '/inspector/client-metadata/write', label: 'Generate a client metadata document' },
  {
    path: '/how-it-works',
    label: 'How it works',
    description: 'The standards behind it, with this server’s live responses.',
    navigation: true,
    public: true,
    documentation: true,
  },
  { path: '/account', label: 'Account', personal: true },
  { path: '/sign-in-failed', label: 'Sign-in failed', public: true },
];

/** Path that `resource_documentation` publishes. */
export const DOCUMENTATION_PATH: Route = PAGES.find(({ documentation }) => documentation)?.path ?? '/';

/** Paths of the redirect URIs that our own client metadata document publishes. */
export const OAUTH_CALLBACK_PATHS: readonly Route[] = PAGES.flatMap(
  ({ oauthCallback }) => oauthCallback ?? [],
);

import type { FetchFailure } from './trace.ts';

/** What a document or an answer was fetched for, as people read it. */
export type Subject =
  | 'the MCP server'
  | 'the protected resource metadata'
  | 'the authorization server metadata'
  | 'the registration endpoint'
  | 'the token endpoint';

/**
 * Why discovery or sign-in stops. One reason for each failure; `findings/problems.ts` puts it in words. A
 * `got` or `value` comes from the other side and is untrusted text.
 */
export type Problem =
  // The address
  | { reason: 'url_invalid'; url: string; why: 'not_a_url' | 'scheme' | 'credentials' | 'fragment' }
  | { reason: 'not_fetched'; exchangeId: string; subject: Subject; failure: FetchFailure }
  | { reason: 'redirected'; exchangeId: string; subject: Subject; location: string }
  // Discovery
  | { reason: 'resource_metadata_invalid'; exchangeId: string; value: string; why: 'relative' | 'scheme' }
  | { reason: 'protected_resource_metadata_missing'; exchangeId: string | undefined }
  | { reason: 'document_invalid'; exchangeId: string; subject: Subject; why: string }
  | { reason: 'resource_mismatch'; exchangeId: string; got: string; expected: string }
  | { reason: 'authorization_servers_missing'; exchangeId: string }
  | { reason: 'issuer_invalid'; exchangeId: string; value: string }
  | { reason: 'authorization_server_metadata_missing'; exchangeId: string | undefined; issuer: string }
  | { reason: 'issuer_mismatch'; exchangeId: string; got: string; expected: string }
  | { reason: 'endpoint_invalid'; exchangeId: string; field: string; value: string }
  | { reason: 'endpoint_missing'; exchangeId: string; field: string }
  | { reason: 'pkce_unsupported'; exchangeId: string; methods: readonly string[] | undefined }
  // Registration
  | { reason: 'no_registration' }
  | { reason: 'registration_refused'; exchangeId: string; status: number; error: string }
  | { reason: 'client_of_another_issuer'; issuer: string; expected: string }
  | { reason: 'client_authentication_unsupported'; methods: readonly string[] }
  // Callback
  | { reason: 'state_missing' }
  | { reason: 'state_unknown' }
  | { reason: 'state_used' }
  | { reason: 'flow_of_another_person' }
  | { reason: 'callback_issuer_missing'; expected: string }
  | { reason: 'callback_issuer_mismatch'; got: string; expected: string }
  | { reason: 'authorization_refused'; error: string; description: string }
  | { reason: 'code_missing' }
  // Tokens
  | { reason: 'token_refused'; exchangeId: string; status: number; error: string; description: string }
  | { reason: 'token_invalid'; exchangeId: string; why: string }
  | { reason: 'refresh_refused'; exchangeId: string; error: string }
  // Use
  | { reason: 'token_rejected'; exchangeId: string | undefined; error: string | undefined }
  | {
      reason: 'insufficient_scope';
      exchangeId: string | undefined;
      needed: readonly string[];
      granted: readonly string[];
    }
  | {
      reason: 'step_up_exhausted';
      exchangeId: string | undefined;
      needed: readonly string[];
      attempts: number;
    }
  | { reason: 'session_expired' }
  | { reason: 'session_too_large' };

import type { Standard } from '../finding.ts';

const rfc = (number: number, section: string): Standard => ({
  name: `RFC ${number} section ${section}`,
  url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
});

const mcp = (page: string, anchor: string, name: string): Standard => ({
  name: `MCP 2026-07-28, ${name}`,
  url: `https://modelcontextprotocol.io/specification/2026-07-28/basic/${page}#${anchor}`,
});

/** The sections that findings cite. */
export const STANDARDS = {
  bearerChallenge: rfc(6750, '3'),
  bearerErrors: rfc(6750, '3.1'),
  bearerTransport: rfc(6750, '2.3'),
  unauthorized: rfc(9110, '15.5.2'),
  httpsUrls: rfc(9110, '4.2.2'),
  urlSyntax: rfc(3986, '4.3'),
  notModified: rfc(9111, '5.2.2'),
  resourceMetadataParameter: rfc(9728, '5.1'),
  resourceMetadataPlace: rfc(9728, '3.1'),
  resourceMetadataResponse: rfc(9728, '3.2'),
  resourceValidation: rfc(9728, '3.3'),
  resourceMetadataFields: rfc(9728, '2'),
  serverMetadataPlace: rfc(8414, '3.1'),
  serverMetadataResponse: rfc(8414, '3.2'),
  issuerValidation: rfc(8414, '3.3'),
  serverMetadataFields: rfc(8414, '2'),
  responseIssuer: rfc(9207, '2.4'),
  responseIssuerMetadata: rfc(9207, '3'),
  resourceIndicator: rfc(8707, '2'),
  registrationAbuse: rfc(7591, '5'),
  registrationError: rfc(7591, '3.2.2'),
  authorizationError: rfc(6749, '4.1.2.1'),
  stateParameter: rfc(6749, '10.12'),
  tokenResponse: rfc(6749, '5.1'),
  tokenError: rfc(6749, '5.2'),
  refresh: rfc(6749, '6'),
  scope: rfc(6749, '3.3'),
  pkce: rfc(7636, '4.3'),
  cors: { name: 'Fetch standard, CORS protocol', url: 'https://fetch.spec.whatwg.org/#http-cors-protocol' },
  mcpDiscovery: mcp(
    'authorization/authorization-server-discovery',
    'protected-resource-metadata-discovery-requirements',
    'Authorization Server Discovery',
  ),
  mcpServerMetadata: mcp(
    'authorization/authorization-server-discovery',
    'authorization-server-metadata-discovery',
    'Authorization Server Metadata Discovery',
  ),
  mcpPkce: mcp(
    'authorization/security-considerations',
    'authorization-code-protection',
    'Authorization Code Protection',
  ),
  mcpHttps: mcp('authorization/security-considerations', 'communication-security', 'Communication Security'),
  mcpClientDocuments: mcp(
    'authorization/client-registration',
    'client-id-metadata-documents',
    'Client ID Metadata Documents',
  ),
  mcpRegistration: mcp(
    'authorization/client-registration',
    'dynamic-client-registration',
    'Dynamic Client Registration',
  ),
  mcpBinding: mcp(
    'authorization/client-registration',
    'authorization-server-binding',
    'Authorization Server Binding',
  ),
  mcpScopes: mcp('authorization', 'scope-selection-strategy', 'Scope Selection Strategy'),
  mcpStepUp: mcp('authorization', 'step-up-authorization-flow', 'Step-Up Authorization Flow'),
  mcpErrors: mcp('authorization', 'error-handling', 'Error Handling'),
  mcpTokens: mcp('authorization', 'token-handling', 'Token Handling'),
  mcpRefresh: mcp('authorization', 'refresh-tokens', 'Refresh Tokens'),
  mcpAudience: mcp(
    'authorization/security-considerations',
    'token-audience-binding-and-validation',
    'Token Audience Binding and Validation',
  ),
} as const satisfies Record<string, Standard>;

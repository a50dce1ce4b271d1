/** A deliberate break of the code, which the tests must notice. */
export type Break = {
  file: string;
  /** What is wrong then, as a statement. */
  what: string;
  /** Code that is in the file exactly once. */
  from: string;
  to: string;
  /** Test files, of which one must fail. */
  tests: readonly string[];
  /** Why no test can fail. */
  explanation?: string;
};

/** Breaks of one file that the same tests cover: what is wrong, the code, the code in its place, and an explanation. */
function breaks(
  file: string,
  tests: readonly string[],
  list: readonly (readonly [what: string, from: string, to: string, explanation?: string])[],
): Break[] {
  return list.map(([what, from, to, explanation]) => ({
    file,
    what,
    from,
    to,
    tests,
    ...(explanation === undefined ? {} : { explanation }),
  }));
}

const oauth = [
  ...breaks(
    'lib/oauth/access-token.ts',
    ['tests/unit/oauth/access-token.test.ts'],
    [
      [
        'any algorithm is accepted by the header check',
        "if (header.alg !== 'RS256') reject",
        'if (false) reject',
        'jose refuses it too, by `algorithms`; only the reason in the log differs.',
      ],
      ['any type is accepted', 'if (header.typ !== undefined && !(', 'if (false && !('],
      ['the type is compared with its case', 'TYPES.has(header.typ.toLowerCase())', 'TYPES.has(header.typ)'],
      ['the issuer is not checked', '      issuer: rules.issuer,\n      audience', '      audience'],
      ['the audience is not checked', '      audience: [...rules.audiences],\n', ''],
      [
        'the subject is not required',
        "['iss', 'aud', 'exp', 'iat', 'sub']",
        "['iss', 'aud', 'exp', 'iat']",
        '`requiredText` refuses it as well.',
      ],
      [
        'the time of issue is not required',
        "['iss', 'aud', 'exp', 'iat', 'sub']",
        "['iss', 'aud', 'exp', 'sub']",
        '`numericDate` refuses it as well.',
      ],
      [
        'a token without expiry is accepted',
        "['iss', 'aud', 'exp', 'iat', 'sub']",
        "['iss', 'aud', 'iat', 'sub']",
        '`numericDate` refuses it as well.',
      ],
      ['a token of the future is accepted', 'if (issuedAt > now + CLOCK_TOLERANCE_SECONDS)', 'if (false)'],
      [
        'a token that lives for years is accepted',
        'if (expiresAt - issuedAt > MAX_LIFETIME_SECONDS)',
        'if (false)',
      ],
      ['the clock tolerance is a minute', 'CLOCK_TOLERANCE_SECONDS = 10', 'CLOCK_TOLERANCE_SECONDS = 60'],
      [
        'the client of another claim wins',
        "optionalText(claims, 'client_id') ?? optionalText(claims, 'azp')",
        "optionalText(claims, 'azp') ?? optionalText(claims, 'client_id')",
      ],
      ['an unlimited id is accepted', 'value.length > MAX_CLAIM_LENGTH ||', ''],
      ['control characters in ids are accepted', 'INVALID_IN_ID.test(value)', 'false'],
      [
        'a scope that is no string grants the base scopes',
        "typeof claims.scope === 'string' ? claims.scope.split(' ').filter(Boolean) : []",
        "typeof claims.scope === 'string' ? claims.scope.split(' ').filter(Boolean) : BASE",
      ],
      [
        'an expired token is reported as malformed',
        "if (error instanceof errors.JWTExpired) return { reason: 'expired' };",
        '',
      ],
    ],
  ),
  ...breaks(
    'lib/oauth/bearer.ts',
    ['tests/unit/oauth/bearer.test.ts'],
    [
      ['any length is accepted', 'credentials.length > MAX_TOKEN_BYTES', 'false'],
      ['any characters are accepted', '!/^[A-Za-z0-9._~+/-]+=*$/.test(credentials)', 'false'],
      ['the scheme has to be in one case', '/^bearer(?![^\\s,])/i', '/^Bearer(?![^\\s,])/'],
    ],
  ),
  ...breaks(
    'lib/oauth/key-set.ts',
    ['tests/unit/oauth/jwks.test.ts'],
    [
      ['a redirect is followed', "redirect: 'error'", "redirect: 'follow'"],
      ['any status is accepted', 'if (response.status !== 200)', 'if (false)'],
      ['an empty key set is accepted', '!Array.isArray(keys) || keys.length === 0', '!Array.isArray(keys)'],
      ['a key set of any size is accepted', 'MAX_BYTES = 64 * 1024', 'MAX_BYTES = 64 * 1024 * 1024'],
      ['a key set that was fetched early is not used', '(await takeEarly(url)) ?? ', ''],
    ],
  ),
  ...breaks(
    'lib/oauth/jwks-breaker.ts',
    ['tests/unit/oauth/jwks.test.ts'],
    [
      ['the breaker never opens', 'openUntil = now() + Math.min', 'openUntil = 0 * Math.min'],
      ['no old key set is used', 'failures > 0 ? ages.stale : ages.due', 'ages.due'],
      ['an old key set is always used', 'failures > 0 ? ages.stale : ages.due', 'ages.stale'],
      ['an old key set is used forever', '(failures > 0 ? ages.stale', '(failures > 0 ? Number.MAX_VALUE'],
      ['nothing is fetched early', 'age() > ages.early', 'age() > ages.due'],
    ],
  ),
];

const pages = [
  ...breaks(
    'lib/connections/app-connections.ts',
    ['tests/unit/features/client-unfold/app-connections.test.ts'],
    [
      ['every part of the connections of an app is the first', 'ids.slice(skip)', 'ids.slice(0, limit)'],
      ['the filter of the list is not applied to them', 'MATCHES[filter]', 'MATCHES.all'],
    ],
  ),
  ...breaks(
    'lib/connections/app-queries.ts',
    [
      'tests/unit/features/client-unfold/app-connections.test.ts',
      'tests/unit/features/client-export/export.test.ts',
    ],
    [['the search is not applied', 'where found and ', 'where ']],
  ),
  ...breaks(
    'features/connected-clients/export/export.ts',
    ['tests/unit/features/client-export/export.test.ts'],
    [
      ['an export ignores the filter', 'MATCHES[filter], MAX', 'MATCHES.all, MAX'],
      ['an export ends after a page', 'start < ids.length', 'start < PAGE_SIZE'],
    ],
  ),
  ...breaks(
    'features/organization/policy/form-state.ts',
    ['tests/unit/features/organization/policy-form.test.ts'],
    [
      ['a tool whose box is checked is off', '!on.has(name)', 'on.has(name)'],
      ['wrong days are accepted', 'if (!defaults.success)', 'if (false)'],
    ],
  ),
  ...breaks(
    'features/connected-clients/label/set-label.ts',
    ['tests/unit/features/client-label/label.test.ts'],
    [
      [
        'the connection of another person can be named',
        'and(eq(connections.id, connectionId), ofPerson(connections, person))',
        'and(eq(connections.id, connectionId))',
      ],
    ],
  ),
  ...breaks(
    'features/connected-clients/plot/statistics.ts',
    ['tests/unit/features/client-plot/statistics.test.ts'],
    [
      [
        'statistics of other people are shown',
        'const isOwned = owned(db, { issuer: context.issuer, subject: userId }, id);',
        'const isOwned = sql`true`;',
      ],
    ],
  ),
  ...breaks(
    'lib/session/same-origin.ts',
    ['tests/unit/session/same-origin.test.ts'],
    [
      [
        'a request without an origin is accepted',
        "if (origin === null) return { reason: 'no_origin' };",
        'if (origin === null) return undefined;',
      ],
      [
        'an opaque origin is accepted',
        "if (origin === 'null') return { reason: 'null_origin' };",
        "if (origin === 'null') return undefined;",
      ],
      [
        'an origin that begins like ours is accepted',
        'origin === appUrl ? undefined',
        'origin.startsWith(appUrl) ? undefined',
      ],
    ],
  ),
  ...breaks(
    'lib/session/return-to.ts',
    ['tests/unit/session/return-to.test.ts'],
    [
      [
        'a relative path is accepted',
        "|| !value.startsWith('/')) return '/';",
        ") return '/';",
        'The URL parser makes a path of this site of it, or another origin, which is refused.',
      ],
      ['any length is accepted', 'value.length > 2048', 'false'],
      ['encoded paths are not decoded', 'leavesSite(decoded(path))', 'leavesSite(path)'],
      ['control characters are accepted', 'hasControlOrBackslash(value) ||', ''],
      [
        'another origin is accepted',
        'url.origin !== PLACEHOLDER ||',
        '',
        'Only a path of two slashes or a backslash leads to another origin, and both are refused before.',
      ],
      ['a path of two slashes is accepted', "path.startsWith('//') ||", ''],
    ],
  ),
];

const fetching = [
  ...breaks(
    'lib/guarded-fetch/destination.ts',
    ['tests/unit/guarded-fetch', 'tests/security/urls-we-fetch.test.ts'],
    [
      ['credentials in the URL are accepted', "url.username !== '' || url.password !== ''", 'false'],
      [
        'plain http to this machine is always accepted',
        "allowLoopback && url.protocol === 'http:'",
        "url.protocol === 'http:'",
      ],
      [
        'plain http to any host is accepted for a loopback deployment',
        "url.protocol === 'http:' && isLoopback(url)",
        "url.protocol === 'http:'",
      ],
      ['any scheme is accepted', "if (url.protocol !== 'https:')", 'if (false)'],
      ['any port is accepted', "if (url.port !== '')", 'if (false)'],
      ['special-use names are accepted', 'if (isSpecialUseHost(url.hostname))', 'if (false)'],
      [
        'only the first address is checked',
        'for (const address of addresses) {',
        'for (const address of addresses.slice(0, 1)) {',
      ],
      [
        'loopback addresses pass for a public host',
        "(loopback ? 'loopback' : 'public')",
        "(loopback ? 'loopback' : found.kind === 'loopback' ? 'loopback' : 'public')",
      ],
    ],
  ),
  ...breaks(
    'lib/guarded-fetch/address.ts',
    ['tests/unit/guarded-fetch', 'tests/security/urls-we-fetch.test.ts'],
    [
      ['a zone is accepted', "|| address.includes('%')", ''],
      ['special ranges count as public', "if (range !== 'unicast') return { kind: 'special', range };", ''],
      ['unassigned IPv6 counts as public', 'if (!parsed.match(IPV6_GLOBAL_UNICAST))', 'if (false)'],
      ['ISATAP counts as public', 'if (isIsatap(parsed.parts))', 'if (false)'],
      ['the address of a cloud service counts as public', 'if (address === AZURE_WIRE_SERVER)', 'if (false)'],
    ],
  ),
  ...breaks(
    'lib/guarded-fetch/connect.ts',
    ['tests/unit/guarded-fetch', 'tests/security/urls-we-fetch.test.ts'],
    [
      ['the addresses are not checked', '    checkAddresses(addresses, target);\n', ''],
      [
        'the name is resolved again at the connection',
        'const tcp = dial(addresses.slice(0, MAX_ADDRESSES_TRIED)',
        'const tcp = dial([hostname]',
      ],
      ['no server name is sent', "servername: named ? host : ''", "servername: ''"],
      [
        'certificates are not verified',
        "ALPNProtocols: ['http/1.1'],",
        "ALPNProtocols: ['http/1.1'], rejectUnauthorized: false,",
      ],
      ['it connects although the caller has left', '    signal.throwIfAborted();\n', ''],
    ],
  ),
  ...breaks(
    'lib/guarded-fetch/guarded-fetch.ts',
    ['tests/unit/guarded-fetch', 'tests/security/urls-we-fetch.test.ts'],
    [
      ['a caller may set any header', 'if (REFUSED_HEADERS.has(lower))', 'if (false)'],
      [
        'compressed answers are accepted',
        "encoding !== null && encoding.toLowerCase() !== 'identity'",
        'false',
      ],
      [
        'answers of any size are accepted',
        'Math.min(options.maxBytes ?? DEFAULT_MAX_BYTES, MAX_MAX_BYTES)',
        'Number.MAX_SAFE_INTEGER',
      ],
      ['there is no deadline', 'const timer = setTimeout(expire, timeoutMs);', 'const timer = undefined;'],
      [
        'requests with credentials are shared',
        "method !== 'GET' || body !== null || headers.authorization !== undefined",
        "method !== 'GET' || body !== null",
      ],
      [
        'requests with other headers are shared',
        'target.loopback, sorted, maxBytes',
        'target.loopback, maxBytes',
      ],
      ['there is no limit per person', 'if (options.limitKey !== undefined) budget', 'if (false) budget'],
      ['places are not given back', '      release();\n', ''],
    ],
  ),
];

const masking = breaks(
  'features/discovery/masking.ts',
  ['tests/unit/features/discovery/masking.test.ts'],
  [
    ['JWTs are shown', 'masked.replace(JWT, hidden)', 'masked'],
    [
      'remembered secrets are shown',
      'for (const pattern of this.#secrets.values()) masked',
      'for (const pattern of [] as RegExp[]) masked',
    ],
    ['codes in URLs are shown', "new Set(['code', 'state'])", 'new Set<string>()'],
    [
      'credentials in arrays are shown',
      'maskJson(item, secret, depth + 1)',
      'maskJson(item, false, depth + 1)',
    ],
    ['credentials in objects are shown', 'secret || (isSecretName(name)', '(isSecretName(name)'],
    ['headers with credentials are shown', 'if (!isSecretName(lower) &&', 'if (lower || '],
    ['headers that a person entered are shown', ' && !this.#headers.has(lower)', ''],
    ['user names in URLs are shown', 'if (url.username || url.password) {', 'if (false) {'],
  ],
);

const inspecting = [
  ...breaks(
    'features/discovery/fetch-failure.ts',
    ['tests/security/features/inspector/addresses.test.ts'],
    [
      [
        'a hosted inspector says that a name has a private address',
        "return ownNetwork ? 'address_refused' : 'no_public_address';",
        "return 'address_refused';",
      ],
      [
        'a hosted inspector says that a name does not exist',
        "return found === 'no_address' && !ownNetwork ? 'no_public_address' : found;",
        'return found;',
      ],
    ],
  ),
  ...breaks(
    'features/discovery/steps/elsewhere.ts',
    ['tests/security/features/inspector/addresses.test.ts'],
    [['a redirect to another origin is tried', 'redirected?.origin === origin', 'redirected']],
  ),
  ...breaks(
    'features/discovery/target.ts',
    ['tests/unit/features/discovery/target.test.ts'],
    [
      [
        'a lenient client sends a token for another origin',
        'upper === null || lower === null || upper.origin !== lower.origin',
        'upper === null || lower === null',
      ],
      [
        'a lenient client signs in where PKCE lacks S256',
        'return problem.methods === undefined;',
        'return true;',
      ],
    ],
  ),
];

const endpoint = [
  ...breaks(
    'lib/mcp/authenticate.ts',
    ['tests/unit/mcp/authenticate.test.ts', 'tests/unit/mcp/endpoint.test.ts'],
    [
      ['an unknown key is remembered', "'unknown_key', 'issued_in_future'", "'issued_in_future'"],
      ['every refused token counts against its address', 'FORGEABLE.has(rejection.reason) &&', ''],
      ['bad signatures do not count', "  'signature',\n", ''],
    ],
  ),
  ...breaks(
    'lib/limits/limits.ts',
    ['tests/unit/mcp/endpoint.test.ts', 'tests/unit/mcp/batch.test.ts'],
    [
      ['a person has no limit of calls', 'return (\n    overPerson &&', 'return (\n    false &&'],
      ['a person has as many running calls as clients', 'ofConnection * CONNECTIONS_PER_PERSON', 'Infinity'],
      [
        'a refused client uses up the share of its person',
        'await calls.add(connectionKey(caller), schedule, count);',
        'await calls.add(connectionKey(caller), schedule, count);\n  await personCalls.add(callerPersonKey(caller), schedule, count);',
      ],
      ['places are not given back', 'schedule(() => occupy(-count));', ''],
    ],
  ),
  ...breaks(
    'lib/mcp/batch.ts',
    ['tests/unit/mcp/batch.test.ts'],
    [
      ['every revision has batches', '!== REVISION)', '=== "x")'],
      ['a batch is one call', 'const others = batch.length - 1;', 'const others = 0;'],
    ],
  ),
  ...breaks(
    'lib/mcp/lenient-schema.ts',
    ['tests/unit/mcp/generous.test.ts'],
    [
      ['what one alternative names is dropped', 'named.every((one) => one', 'named.some((one) => one'],
      ['null that an alternative takes is dropped', "(['some', 'every'] as const)", "(['every'] as const)"],
      ['null of another alternative is refused', "(['some', 'every'] as const)", "(['some'] as const)"],
    ],
  ),
  ...breaks(
    'lib/mcp/message.ts',
    ['tests/unit/mcp/message.test.ts', 'tests/unit/mcp/generous.test.ts'],
    [
      [
        'a request without an id is a notification',
        "if (id === null && !String(method).startsWith('notifications/')) members.id = null;",
        '',
      ],
      [
        'null in the arguments of a tool has no meaning',
        "const args = method === 'tools/call' &&",
        'const args = false &&',
      ],
      ['elements of lists that are null are removed', '&& !Array.isArray(members)', ''],
      ['repeated headers stay', 'headers.set(name, first)', 'void first'],
    ],
  ),
  ...breaks(
    'lib/mcp/negotiation.ts',
    ['tests/unit/mcp/generous.test.ts', 'tests/unit/mcp/negotiation.test.ts'],
    [
      ['a weight of zero accepts', 'return Number(best.weight) !== 0;', 'return best.specificity >= 0;'],
      ['a client without streams gets progress in one', '(stream && needed)', 'needed'],
      ['a call that is silent stays silent', 'if (!stream) return work;', 'if (work) return work;'],
    ],
  ),
  ...breaks(
    'lib/mcp/origin.ts',
    ['tests/unit/mcp/origin.test.ts', 'tests/unit/mcp/endpoint.test.ts'],
    [
      [
        'look-alikes of loopback origins are accepted',
        'return url.origin === origin && isLoopback(url);',
        'return isLoopback(url);',
      ],
      ['responses may be stored', "response.headers.set('cache-control', 'no-store');", ';'],
      ['what cannot be allowed is advised', "typeof parseAllowedOrigin(origin) === 'string'", 'origin'],
    ],
  ),
  ...breaks(
    'lib/oauth/scopes.ts',
    ['tests/unit/oauth/challenge.test.ts'],
    [
      [
        'offline_access is named to every client',
        "(protocolVersion ?? '') >= OFFLINE_ACCESS_FORBIDDEN_SINCE",
        'protocolVersion === undefined',
      ],
    ],
  ),
];

const calls = [
  ...breaks(
    'features/inspector/server/call-server.ts',
    ['tests/security/features/inspector/calls.test.ts'],
    [['an answer goes to any server', 'reply?.serverUrl !== request.server', 'reply === undefined']],
  ),
  ...breaks(
    'features/inspector/server/server-access.ts',
    ['tests/security/features/inspector/calls.test.ts'],
    [['any URL may be called', 'if (problem) return { problem };', '']],
  ),
  ...breaks(
    'features/inspector/server/live-calls.ts',
    ['tests/security/features/inspector/calls.test.ts'],
    [['a person has any number of calls', 'own >= MAX_PER_PERSON || ', '']],
  ),
  ...breaks(
    'features/inspector/server/sealed-cookies.ts',
    ['tests/security/features/inspector/calls.test.ts'],
    [['any number of sessions is kept', 'if (used <= MAX_CHUNKS) return;', 'return;']],
  ),
  ...breaks(
    'features/inspector/request-headers.ts',
    ['tests/security/features/inspector/calls.test.ts'],
    [['Host can be sent', "if (lower === 'host') return", "if (lower === '') return"]],
  ),
];

const views = [
  ...breaks(
    'features/inspector/views/frame.ts',
    ['tests/security/features/inspector-views/frame.test.ts'],
    [
      ['a view has the origin of the app', "'sandbox allow-scripts',", ''],
      ['a view sends requests anywhere', "connect.join(' ') || \"'none'\"", "connect.join(' ') || '*'"],
      ['every page may embed the frame of views', 'pathname === PAGE_PATH && ', ''],
    ],
  ),
  ...breaks(
    'features/inspector/views/view.ts',
    ['tests/unit/features/inspector-views/view.test.ts'],
    [
      ['a view declares any origin', '&& ORIGIN.test(origin)', ''],
      ['the HTML of a view has any size', 'html.length > MAX_HTML_CHARACTERS', 'html.length < 0'],
    ],
  ),
  ...breaks(
    'features/inspector/views/view-host.ts',
    ['tests/unit/features/inspector-views/view.test.ts'],
    [
      ['a view calls tools that are not for views', 'if (!callableByView(tool))', 'if (false)'],
      ['a view opens links of any scheme', "parsed?.protocol !== 'https:'", 'parsed === null'],
      ['a view has any number of open requests', 'this.#open >= MAX_OPEN_REQUESTS', 'this.#open < 0'],
    ],
  ),
  ...breaks(
    'features/inspector/server/mcp-transport.ts',
    ['tests/unit/features/inspector/server/sse.test.ts'],
    [
      [
        'a stream of HTTP+SSE is refused like a stream of its own',
        '&& !standaloneStream && !sse)',
        '&& !standaloneStream)',
      ],
    ],
  ),
];

const patterns = breaks(
  'features/discovery/secret-patterns.ts',
  ['tests/unit/features/discovery/masking.test.ts'],
  [
    ['secrets in base64 are shown', '.flatMap(inBase64)', '.flatMap((): string[] => [])'],
    ['secrets in base64 are found at one position only', '[0, 1, 2].map', '[0].map'],
    ['encoded secrets in base64 are shown', 'new Set([searched, form])', 'new Set([searched])'],
    ['percent-encoded secrets are shown', "percent.join('')", "'%'"],
    ['secrets in hexadecimal are shown', ".toString('hex')}", ".toString('utf8')}"],
  ],
);

const database = [
  ...breaks(
    'lib/db/tls.ts',
    ['tests/unit/db/tls.test.ts'],
    [
      ['nothing is encrypted by default', '(mode === null ? silent', '(mode === null ? false'],
      ['private networks are encrypted', '&& !isNear(parsed.hostname)', ''],
      ['the certificate authority is ignored', 'ssl: { ca }', 'ssl: false'],
    ],
  ),
  ...breaks(
    'lib/db/directory-lock.ts',
    ['tests/unit/db/directory-lock.test.ts'],
    [
      ['other claims are ignored', 'if (holder === undefined)', 'if (holder === undefined || true)'],
      [
        'claims of other hosts are ignored',
        'host !== hostname()) return true',
        'host !== hostname()) return false',
      ],
      [
        'claims of dead processes stay',
        'for (const claim of claims) if',
        'for (const claim of [] as Holder[]) if',
      ],
    ],
  ),
];

const session = [
  ...breaks(
    'lib/session/user.ts',
    ['tests/unit/session/current-session.test.ts', 'tests/unit/features/webhooks/ended-session.test.ts'],
    [
      [
        'the signature of the session token is not verified',
        "const { payload } = await jwtVerify(session.accessToken, sessionKeys().lookup, {\n      algorithms: ['RS256'],\n      requiredClaims: ['sub', 'sid', 'exp'],\n    });",
        'const payload = session.claims;',
      ],
      ['the user of another token is accepted', 'if (payload.sub !== user.id) return null;', ''],
      ['a session that WorkOS ended is accepted', 'if (await isSessionEnded(payload)) return null;', ''],
      [
        'unreadable keys sign the user out',
        "    return 'unavailable';\n  }\n});",
        '    return null;\n  }\n});',
      ],
    ],
  ),
  ...breaks(
    'lib/session/refresh.ts',
    ['tests/unit/session/page-session.test.ts'],
    [
      ['requests do not share a refresh', 'if (shared === undefined ||', 'if (true ||'],
      [
        'an outage ends the session',
        "    return { state: 'unavailable' };\n  };",
        "    return { state: 'ended', remove: true };\n  };",
      ],
      ['an ended session is deleted immediately', 'remove: age > DELETE_AFTER_MS', 'remove: true'],
      [
        'a page waits for WorkOS without a limit',
        'const wait = Math.max(WORKOS_WAIT_MS - age, 0);',
        'const wait = 60_000;',
      ],
      [
        'WorkOS is asked again for each page after a failure',
        'started.retryAt = Date.now() + RETRY_AFTER_MS',
        'started.retryAt = 0',
      ],
    ],
  ),
  ...breaks(
    'lib/session/cookies.ts',
    ['tests/unit/session/session-cookies.test.ts'],
    [
      [
        'a large session is one cookie',
        'const whole = sealed.length <= CHUNK_LENGTH;',
        'const whole = true;',
      ],
      [
        'chunks of the previous session stay',
        "else if (sent.get(name)) to.set(name, '', attributes(settings, 0));",
        '',
      ],
      ['a session of any size is stored', 'if (sealed.length > MAX_CHUNKS * CHUNK_LENGTH) return false;', ''],
    ],
  ),
];

const recorder = breaks(
  'lib/connections/recorder.ts',
  ['tests/unit/connections/recorder.test.ts', 'tests/unit/connections/pending-write.test.ts'],
  [
    [
      'a failed batch is forgotten',
      "      report('retrying', pending(), databaseErrorCode(error));\n      return false;",
      "      report('retrying', pending(), databaseErrorCode(error));\n      oldest = [];\n      return false;",
    ],
    [
      'a batch that was written is written again',
      '    settled += oldest.length;\n    oldest = [];',
      '    settled += oldest.length;',
    ],
    ['one invalid row drops its batch', 'if (batch.length === 1) {', 'if (batch.length >= 1) {'],
    ['any error counts as an invalid row', 'if (!isDataError(error)) throw error;', ''],
    ['the buffer has no bound', 'if (pending() >= maxBuffered) {', 'if (false) {'],
    [
      'a retry does not wait',
      'return Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_LAST_MS);',
      'return 0;',
    ],
    [
      'a flush writes one batch only',
      'if (await attemptOnce()) continue;',
      'if (await attemptOnce()) return;',
    ],
    ['calls that were lost are not reported', 'if (dropped > 0) {', 'if (false) {'],
  ],
);

const REVOCATION_TESTS = [
  'tests/unit/connections/revocation.test.ts',
  'tests/unit/connections/denylist-cache.test.ts',
];

const revocation = [
  ...breaks(
    'lib/connections/denylist.ts',
    [...REVOCATION_TESTS, 'tests/unit/features/webhooks/receive.test.ts'],
    [
      ['an older version wins', 'if ((denials.get(target)?.version ?? -1) >= version) continue;', ''],
      ['a fraction of `iat` is later than the cut-off', 'Math.floor(caller.issuedAt)', 'caller.issuedAt'],
      [
        'a pending deletion refuses nothing',
        'found.some((denial) => denial.pending) || whole?.permanent',
        'whole?.permanent',
      ],
      ['a deleted person is let in', '|| whole?.permanent ||', '||'],
      [
        'a token of the second of the revocation is accepted',
        'issuedAt <= cutoff) return',
        'issuedAt < cutoff) return',
      ],
      [
        'the clock of the issuer may not be ahead',
        'issuedAt <= cutoff + CLOCK_TOLERANCE_SECONDS',
        'issuedAt <= cutoff',
      ],
      [
        'later tokens of a revoked consent are accepted',
        'if (own?.permanent || here?.permanent || consent?.permanent) return refused;',
        '',
      ],
      [
        'a connection that an admin revoked is accepted',
        'connection === client ? undefined : denials.get(connection)',
        'undefined',
      ],
      ['tokens of an ended membership are accepted', 'issuedAt <= left.cutoff', 'false'],
      ['tokens without a client are never covered', 'denial.coversUnattributed && ', 'false && '],
      [
        'a change that comes before a read is forgotten',
        '      apply([...early.values()].filter(({ person }) => people.has(person)));\n',
        '',
      ],
    ],
  ),
  ...breaks('lib/connections/denylist-cache.ts', REVOCATION_TESTS, [
    ['a stale list decides', 'if (age > MAX_AGE_MS || !knows(caller))', 'if (!current.knows(caller))'],
    [
      'a call joins any read',
      '(latest.began === undefined || since(latest.began) <= MAX_AGE_MS)',
      'latest.began !== null',
      'The age is looked at again after the read: a call that joined an old one reads anew.',
    ],
    [
      'the age is taken from the clock that stops',
      'Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall)',
      'clock.monotonic() - then.monotonic',
    ],
    ['a frozen read is a failure', 'if (!wasFrozen(reading)) failed =', 'failed ='],
    [
      'each call tries again after a failure',
      'failed !== undefined && since(failed.at) < COOLDOWN_MS',
      'failed !== undefined && since(failed.at) < 0',
    ],
  ]),
  ...breaks(
    'lib/connections/denial-queries.ts',
    [...REVOCATION_TESTS, 'tests/unit/connections/denial-queries.test.ts'],
    [
      [
        'pending deletions are not loaded at the start',
        "after < 0 ? eq(denials.deletion, 'pending')",
        'after < 0 ? sql`false`',
      ],
      ['a second revocation has the old version', '        version: sql`excluded.version`,\n', ''],
      ['a second revocation has the old time', 'revokedAt: sql`greatest(', 'revokedAt: sql`least('],
      [
        'a denial that changed is lifted',
        'and(eq(denials.target, row.target), eq(denials.version, row.version))',
        'eq(denials.target, row.target)',
      ],
    ],
  ),
  ...breaks('lib/connections/deletion-queries.ts', REVOCATION_TESTS, [
    [
      'a denial that was renewed is marked as done',
      'and(eq(denials.target, row.target), eq(denials.revokedAt, row.revokedAt)),',
      'eq(denials.target, row.target),',
    ],
    [
      'two instances attempt the same deletion',
      '.set({ nextAttemptAt: new Date(now.getTime() + LEASE_MS), undo: null })',
      '.set({ nextAttemptAt: now, undo: null })',
    ],
  ]),
  ...breaks(
    'lib/connections/grant-deletion.ts',
    [...REVOCATION_TESTS, 'tests/unit/connections/denial-queries.test.ts'],
    [
      [
        'an absent grant counts as deleted',
        'confirmed: deleted > 0 || (complete && known)',
        'confirmed: true',
      ],
      ['`Retry-After` is ignored', 'RETRY_LAST_MS), wait);', 'RETRY_LAST_MS), 0);'],
      ['any unnamed grant is taken', '.size === 1 ? unnamed : []', '.size >= 1 ? unnamed : []'],
    ],
  ),
  ...breaks('lib/connections/revocation.ts', REVOCATION_TESTS, [
    ['consents that are recorded late are not denied', 'if (late.length > 0)', 'if (late.length < 0)'],
    ['a refused token does not move the cut-off', 'if (session !== undefined) {', 'if (session === null) {'],
  ]),
  ...breaks(
    'lib/connections/revocation.ts',
    ['tests/unit/connections/undo.test.ts'],
    [
      [
        'each of concurrent revocations takes the undo of the one before',
        'const found = known.filter(({ active }) => active);',
        'const found = known;',
      ],
    ],
  ),
  ...breaks(
    'lib/connections/undo.ts',
    ['tests/unit/connections/undo.test.ts'],
    [
      [
        'a revocation is undone when its time is over',
        "deletion === 'pending' && (undo?.until ?? 0) > now.getTime()",
        "deletion === 'pending'",
      ],
      ['another person undoes a revocation', 'and(ofPerson(denials, person), ', 'and('],
      ['undoing forgets an earlier revocation', "->'before'->>", "->'nothing'->>"],
    ],
  ),
];

const personData = [
  ...breaks(
    'features/account/delete-data.ts',
    ['tests/unit/features/account/stored-data.test.ts'],
    [
      [
        'consents of calls that were written during a deletion are not denied',
        'const result = await revokeAll(userId, by, context);',
        "const result = 'revoked' as string;",
      ],
    ],
  ),
  ...breaks(
    'lib/connections/person-data.ts',
    ['tests/unit/features/account/stored-data.test.ts'],
    [
      ['a deletion lifts the denials', '[] = [denials]', '[] = []'],
      ['calls outlive the person', 'for (const table of CONNECTION_TABLES) {', 'for (const table of []) {'],
    ],
  ),
];

const NOTIFICATION_TESTS = ['tests/unit/features/notifications/notifications.test.ts'];
const notifications = [
  ...breaks(
    'features/notifications/signature.ts',
    ['tests/unit/features/notifications/signature.test.ts'],
    [['the signature does not cover the body', '[id, timestamp, body]', '[id, timestamp]']],
  ),
  ...breaks('features/notifications/deliver.ts', NOTIFICATION_TESTS, [
    ['redirects of the receiver are followed', "redirect: 'manual',", "redirect: 'follow',"],
  ]),
  ...breaks('lib/connections/notifications.ts', NOTIFICATION_TESTS, [
    ['two instances send the same notification', ' and next_attempt_at <= now()', ''],
    ['refused calls are reported', 'where used_at is not null order by id', 'where true order by id'],
  ]),
];

const limits = [
  ...breaks(
    'lib/mcp/connection-limits.ts',
    ['tests/security/features/client-limits/limited-client.test.ts'],
    [
      [
        'a read-only client calls tools that write',
        'each.readOnly && isWriting(tool)',
        'each.readOnly && !tool && isWriting(tool)',
      ],
      [
        'a blocked client calls',
        'if (host === undefined) return undefined;',
        'if (host || true) return undefined;',
      ],
    ],
  ),
  ...breaks(
    'lib/connections/policy/effective.ts',
    ['tests/unit/connections/policy/policy.test.ts'],
    [
      [
        'a person lifts the limits of an administrator',
        "if (administrator !== undefined) add('administrator', administrator.by, administrator.limits);",
        "if (administrator !== undefined) add('administrator', administrator.by, person?.limits);",
      ],
    ],
  ),
  ...breaks(
    'lib/connections/policy/expiry.ts',
    ['tests/unit/connections/policy/expiry.test.ts'],
    [
      [
        'an expired connection lives on by its refresh token',
        'const wanted = [denial(connection, null), ...targets.map((target) => denial(target, connection))];',
        'const wanted = [denial(connection, null)].slice(1);',
      ],
    ],
  ),
];

const ORGANIZATION_TESTS = ['tests/unit/features/organization/organization.test.ts'];

const organization = [
  ...breaks('lib/connections/organization/admin.ts', ORGANIZATION_TESTS, [
    [
      'a member without the permission is an admin',
      '!permissions.has(config().organizationAdminPermission)',
      'permissions.size < 0',
    ],
  ]),
  ...breaks('lib/connections/organization/audit-calls.ts', ORGANIZATION_TESTS, [
    [
      'the log has the calls of every organization',
      'eq(activity.organizationId, organizationId)',
      'eq(activity.organizationId, activity.organizationId)',
    ],
  ]),
  ...breaks('lib/connections/organization/audit-changes.ts', ORGANIZATION_TESTS, [
    [
      'revocations of admins of other organizations are in the log',
      ' or not exists (select from ',
      ' or true or not exists (select from ',
    ],
    [
      'a client with the name of an admin keeps its revocations out of the log',
      'where act.at = ',
      'where true or act.at = ',
    ],
  ]),
  ...breaks('lib/connections/organization/refresh.ts', ORGANIZATION_TESTS, [
    ['a list is shown before WorkOS has listed the members', 'began + TIMEOUT_MS - now)', '0 * TIMEOUT_MS)'],
  ]),
  ...breaks('lib/connections/organization/list-query.ts', ORGANIZATION_TESTS, [
    [
      'a search finds nobody by their name or address',
      'membersLike(db, context, organizationId, connections.subject, search),',
      '',
    ],
    [
      'connections of every state are in a list by state',
      "if (state === 'active') return isIn;",
      'return undefined;',
    ],
  ]),
  ...breaks('lib/connections/organization/scope.ts', ORGANIZATION_TESTS, [
    [
      'an admin acts in every organization',
      'and(eq(table.issuer, issuer), eq(table.organizationId, organizationId))',
      'eq(table.issuer, issuer)',
    ],
  ]),
];

export const BREAKS: readonly Break[] = [
  ...limits,
  ...inspecting,
  ...oauth,
  ...endpoint,
  ...pages,
  ...fetching,
  ...masking,
  ...session,
  ...recorder,
  ...revocation,
  ...patterns,
  ...calls,
  ...views,
  ...database,
  ...personData,
  ...notifications,
  ...organization,
];

/** Lines of a file that belong to one part and that no general rule finds. */
type Edit = {
  file: string;
  /** A part that makes the same edit. */
  unless?: string;
  remove: RegExp /** What comes in its place; nothing by default. */;
  by?: string;
};

/**
 * Something that `npm run init` can take out of a clone.
 *
 * - `feature`: people see it; goes with `--without`
 * - `sample`: tools that show how tools are written; goes with `--without`
 * - `project`: serves only the development of the starter; goes unless `--keep` names it
 */
export type Part = {
  kind: 'feature' | 'sample' | 'project';
  /** For people who choose. */
  about: string;
  /** Files and folders; `*` is any part of one name. Tests in `tests/<suite>/features/<name>` need not be listed. */
  paths: readonly string[];
  /** Paths of its pages in `lib/config/pages.ts`. */
  pages?: readonly string[];
  edits?: readonly Edit[];
  /** Of package.json. */
  scripts?: readonly string[];
  /** Parts that it is built on. Such a part goes by itself when no part that needs it is left. */
  needs?: readonly PartName[];
  /** Whether it is useful without any of the parts that need it. */
  staysAlone?: boolean;
};

export type PartName = keyof typeof PARTS;

const screenshots = (...pages: string[]) => pages.map((page) => `public/screenshots/${page}-*.webp`);

/** The start page without a page of its own for people with a session. */
const HOME_EDITS: readonly Edit[] = [
  {
    file: 'app/(site)/page.tsx',
    remove: /\n *const session = await currentSession\(\);\n *if [\s\S]*?\n *\);(?=\n)/,
  },
  { file: 'app/(site)/page.tsx', remove: /import \{ currentSession \}.*\n/ },
  { file: 'app/(site)/page.tsx', remove: /export default async function/, by: 'export default function' },
];

/** The proxy without the frame of views. */
const VIEW_EDITS: readonly Edit[] = [
  { file: 'proxy.ts', remove: /withViewFrame\(request, pageProxy\)/, by: 'pageProxy(request)' },
  { file: 'proxy.ts', remove: /import \{ withViewFrame \} .*\n/ },
];

/** Everything that can go. What is in no part is the core. */
const PARTS = {
  'connected-clients': {
    kind: 'feature',
    about: 'the page where a person sees and revokes their clients',
    paths: [
      'features/connected-clients',
      'app/(site)/clients',
      // It shows the clients.
      'features/home',
      'tests/*/features/home',
      'tests/*/features/client-*',
      'scripts/demo/revoke-on-page.ts',
      'scripts/demo/server-action.ts',
      'features/landing/product-picture.tsx',
      ...screenshots('clients', 'client'),
    ],
    pages: ['/clients', '/clients/revoke'],
    edits: [
      ...HOME_EDITS.map((edit) => ({ ...edit, unless: 'home' as const })),
      {
        file: 'features/how-it-works/token-steps.tsx',
        remove:
          /\{' '\}\n *<Link className="link" href="\/clients">\n *Connected clients\n *<\/Link>\{' '\}\n *shows the calls of each client\./,
      },
    ],
  },
  'client-search': {
    kind: 'feature',
    about: 'the search of connected clients',
    paths: ['features/connected-clients/search'],
  },
  'client-unfold': {
    kind: 'feature',
    about: 'the connections of an app in the list of connected clients',
    paths: ['features/connected-clients/unfold'],
    edits: [
      ...[
        /several \? unfoldHref\(query, app\) : /,
        /\n *aria-expanded=\{several [^\n]*/,
        /\n *const open = query\.open [^\n]*/,
        /, query(?= \}: NameProps & \{ identity)/,
      ].map((remove) => ({ file: 'features/connected-clients/app-row.tsx', remove })),
      ...[
        { remove: /\n *\/\*\* Key of the app [^\n]*\n *open: [^\n]*/ },
        { remove: /\n *\/\*\* Connections of that app [^\n]*\n *skip\?: [^\n]*/ },
        { remove: /\n *open: one\([^\n]*/ },
        { remove: /\n *\.\.\.\(count\('skip'\)[^\n]*/ },
        { remove: /, page, open, skip = 0(?= \})/, by: ', page' },
        { remove: /\n *\.\.\.\((?:open !==|skip >) [^\n]*/g },
        { remove: / Any change but that of the open app (leads to the first page\.)/, by: ' Any other $1' },
        { remove: /\n *const kept = [^\n]*/ },
        { remove: /\{ \.\.\.kept, skip: 0, /, by: '{ ...query, page: 1, ' },
        { remove: / open: _,/ },
      ].map((edit) => ({ file: 'features/connected-clients/search-params.ts', ...edit })),
      ...[
        { remove: /\n *open: 'claude [^\n]*\n *skip: 50,/ },
        { remove: /open: query\.open, skip: query\.skip/, by: 'page: query.page' },
        { remove: /, open: 'x', skip: 50/ },
        { remove: /\n *open: undefined,/ },
      ].map((edit) => ({ file: 'tests/unit/features/connected-clients/search-params.test.ts', ...edit })),
    ],
  },
  'client-review': {
    kind: 'feature',
    about: 'the buttons that keep or revoke an app that needs review',
    paths: ['features/connected-clients/review', 'lib/connections/reviews.ts'],
  },
  'client-technical': {
    kind: 'feature',
    about: 'ids, protocol version, scopes, tokens and metadata document on the page of a client',
    paths: ['features/connected-clients/technical'],
  },
  'client-confirmation': {
    kind: 'feature',
    about: 'the page that asks before it revokes, for browsers without JavaScript',
    paths: ['features/connected-clients/confirmation', 'app/(site)/clients/revoke'],
    pages: ['/clients/revoke'],
    staysAlone: true,
    edits: [
      {
        file: 'features/connected-clients/revoke-buttons.tsx',
        remove: /revokeHref\(client\)/,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
        by: '`/clients/${client.id}`',
      },
      {
        file: 'features/connected-clients/revoke-buttons.tsx',
        remove: /it is a link to the page that asks\./,
        by: 'it is a link to the page of the client.',
      },
    ],
  },
  'connection-pages': {
    kind: 'feature',
    about: 'pages of connections by cursor, for live updates and tools',
    paths: ['lib/connections/connection-page.ts', 'tests/unit/connections/connection-page.test.ts'],
    edits: [
      ...[
        /^import \{ encodeCursor \} .*\n/m,
        /^import \{ type ConnectionSort, .*\n/m,
        /\/\*\* A page of connections, for[\s\S]*?export const LIST_QUERIES[\s\S]*?\n\];\n\n/,
        /\n *\.\.\.LIST_QUERIES,/,
      ].map((remove) => ({ file: 'tests/integration/features/connected-clients/page-queries.ts', remove })),
      ...[
        /\n *LIST_QUERIES,/,
        /\n *\/\*\* Whether a statement only counts [\s\S]*?(?=\n *test\.each\(APP_QUERIES)/,
      ].map((remove) => ({
        file: 'tests/integration/features/connected-clients/query-plans.test.ts',
        remove,
      })),
    ],
  },
  'client-export': {
    kind: 'feature',
    about: 'downloads of the connections and of the calls of a client',
    paths: [
      'features/connected-clients/export',
      'app/(site)/clients/export',
      'app/(site)/clients/[id]/export',
    ],
    edits: [
      {
        file: 'tests/security/features/connected-clients/text-from-clients.test.ts',
        remove: /\n *for \(const path of \['\/clients\/export'[\s\S]*?toEqual\(\[\]\);/,
      },
      {
        file: 'tests/security/features/connected-clients/text-from-clients.test.ts',
        remove: /\n *invisibleIn,/,
      },
      {
        file: 'tests/e2e/features/connected-clients/clients.spec.ts',
        remove: /\n *const download = [\s\S]*?\.json\$\/\);\n/,
      },
    ],
  },
  'client-live': {
    kind: 'feature',
    about: 'updates of the pages of connected clients while they are open',
    paths: ['features/connected-clients/live', 'app/(site)/clients/live'],
    needs: ['connection-pages'],
    edits: [
      ...['app-row', 'client-facts'].map((name) => ({
        file: `features/connected-clients/${name}.tsx`,
        remove: /<LastUsed of=\{[^}]*\} at=\{([^}]*?)\?\.toISOString\(\)\} (renderedAt=\{[^}]*\}) \/>/g,
        by: "{$1 ? <RelativeTime at={$1.toISOString()} $2 /> : 'Never'}",
      })),
      {
        file: 'tests/integration/faults/page-sessions.test.ts',
        remove: /\n *expect\(\(await pages\.request\('\/clients\/live'\)\)\.status\)\.toBe\(503\);/,
      },
      {
        file: 'tests/security/features/connected-clients/acting-through-pages.test.ts',
        remove: /\n {2}test\('\/clients\/live is private[\s\S]*?\n {2}\}\);\n/,
      },
      {
        file: 'tests/security/features/connected-clients/acting-through-pages.test.ts',
        remove: /, '\/clients\/live'(?=\])/g,
      },
      {
        file: 'tests/e2e/features/connected-clients/clients.spec.ts',
        remove: /test\('a client that connects while the page is open[\s\S]*?\n\}\);\n\n/,
      },
      {
        file: 'tests/e2e/features/connected-clients/reading.spec.ts',
        remove: /test\('a call updates "last used" in place[\s\S]*?\n\}\);\n\n/,
      },
    ],
  },
  'client-bulk': {
    kind: 'feature',
    about: 'selection of connected clients, and revoking many together',
    paths: ['features/connected-clients/bulk'],
    needs: ['client-confirmation'],
  },
  'client-logos': {
    kind: 'feature',
    about: 'logos of clients, fetched and checked by the server',
    paths: ['features/connected-clients/logo', 'app/(site)/clients/[id]/logo'],
    needs: ['checks', 'metadata-documents', 'guarded-fetch'],
    edits: [
      {
        file: 'tests/security/features/connected-clients/text-from-clients.test.ts',
        remove: /\nconst PNG = [\s\S]*?\n\}\);\n(?=\ntest\('ten clients)/,
      },
      {
        file: 'tests/security/features/connected-clients/text-from-clients.test.ts',
        remove:
          /import \{ readFileSync \} from 'node:fs';\nimport type \{ RequestListener \} from 'node:http';\n/,
      },
      {
        file: 'tests/security/features/connected-clients/acting-through-pages.test.ts',
        remove: /\n {2}test\('the logo of a client is 401[\s\S]*?\n {2}\}\);/,
      },
    ],
  },
  'client-documents': {
    kind: 'feature',
    about: 'reading and checking the metadata documents of connected clients',
    paths: ['features/connected-clients/document'],
    edits: [
      {
        file: 'tests/security/features/connected-clients/text-from-clients.test.ts',
        remove: /describe\('links and logos of a document[\s\S]*?\n\}\);\n\n/,
      },
      {
        file: 'tests/security/features/connected-clients/text-from-clients.test.ts',
        remove: /\ntest\('ten clients whose hosts[\s\S]*?\n\}\);\n/,
      },
    ],
    needs: ['checks', 'metadata-documents', 'guarded-fetch'],
  },
  'client-limits': {
    kind: 'feature',
    staysAlone: true,
    about: 'limits of connections and policies of organizations: read-only, tools, expiry, hosts',
    paths: [
      'lib/connections/policy',
      'docs/limits.md',
      'docs/decisions/0032-*',
      'lib/mcp/connection-limits.ts',
      'features/connected-clients/limits',
      'lib/mcp/tools/limit-connection.ts',
      'tests/unit/mcp/tools/limit-connection.test.ts',
      'tests/unit/connections/policy',
    ],
    edits: [
      { file: 'lib/db/schema.ts', remove: /\n\/\*\*[^\n]*\*\/\nexport const policies = [\s\S]*?\n\);\n/ },
      { file: 'lib/connections/context.ts', remove: /\n *policies: PolicyStore;/ },
      {
        file: 'lib/connections/revocation.ts',
        remove: /\n *if \(verdict === 'active' && \(await expireIfDue.*/,
      },
      ...[
        /const limits = z\n[\s\S]*?;\n\n/,
        /\n *limits,(?=\n)/,
        /\n *const limited = await limitsOf.*/,
        /\n *limits: describeLimits.*/,
        /\nfunction describeLimits[\s\S]*?\n\}\n/,
      ].map((remove) => ({ file: 'lib/mcp/tools/list-connections.ts', remove })),
      { file: 'lib/mcp/server.ts', remove: /withLimits\((.*), tools\)(?=, tools\))/, by: '$1' },
      ...[
        /\n *const policies = createPolicyStore\(.*/,
        /\n *policies,/,
        /\n *knows: policies.knows,/,
        /\n *unusedDays: [^\n]*/,
        /\n *unusedDays\?: [^\n]*/,
        /, policies(?=\),)/,
      ].map((remove) => ({ file: 'lib/connections/process-context.ts', remove })),
      ...[
        { remove: /\n *policies: PolicyStore = .*/ },
        {
          remove: /const read = \{ which[^;]*;\n[^;]*readWithPolicies[^;]*;/,
          by: 'const changed = await db.select().from(denials).where(which).orderBy(denials.version, denials.target).limit(MAX_CHANGES);',
        },
        { remove: / \{\n *policies.clear\(\);\n *(return undefined;)\n *\}/, by: ' $1' },
        { remove: /: newest;/, by: ': (changed.at(-1)?.version ?? after);' },
      ].map((edit) => ({ file: 'lib/connections/denial-queries.ts', ...edit })),
      { file: 'lib/config/env.ts', remove: /\n *\/\*\*[^\n]*\*\/\n *connectionUnusedDays: [^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *connectionUnusedDays: value\.[^\n]*/ },
      { file: 'lib/config/schema.ts', remove: /\n *MCP_CONNECTION_UNUSED_DAYS: [^\n]*/ },
      { file: 'lib/config/schema.ts', remove: /const days = z\n[\s\S]*?;\n\n/ },
      { file: '.env.example', remove: /(?:^#.*\n)+MCP_CONNECTION_UNUSED_DAYS=\n\n/m },
    ],
  },
  'client-plot': {
    kind: 'feature',
    about: 'the plot of the calls of a client by day',
    paths: ['features/connected-clients/plot', 'lib/connections/latency.ts', 'docs/decisions/0034-*'],
    edits: [
      {
        file: 'lib/db/schema.ts',
        remove: /\n\/\*\*(?:(?!\*\/)[\s\S])*\*\/\nexport const activityLatency = pgTable\([\s\S]*?\n\);\n/,
      },
      { file: 'lib/connections/activity-write.ts', remove: /\$\{countLatency\}/ },
      { file: 'lib/connections/prune.ts', remove: / \| typeof activityLatency/ },
      { file: 'lib/connections/prune.ts', remove: / *await pruneDays\(activityLatency\),\n/ },
      {
        file: 'tests/integration/features/connected-clients/page-queries.ts',
        remove: / *\{\n *name: 'client, calls by day',[\s\S]*?\n *\},\n/,
      },
      {
        file: 'tests/integration/features/connected-clients/query-plans.test.ts',
        remove: / *\['client, calls by day'.*\n/,
      },
    ],
  },
  'client-activity': {
    kind: 'feature',
    about: 'the calls and the revocation history on the page of a client',
    paths: ['features/connected-clients/activity'],
    edits: [
      ...[
        /^import \{[^}]*\} from '#lib\/connections\/(?:activity-queries|revocation-history)\.ts';\n/gm,
        /\n\/\*\* The time of a UUID[\s\S]*?\nconst timeline = [\s\S]*?\n\}\);\n/,
        /\n\/\*\* The calls of one client;[\s\S]*?\n\];\n/,
        / *\{\n *name: 'client, its (?:tools|revocation history)',[\s\S]*?\n *\},\n/g,
        /\n *\.\.\.TIMELINE_QUERIES,/,
      ].map((remove) => ({
        file: 'tests/integration/features/connected-clients/page-queries.ts',
        remove,
      })),
      ...[
        /^import \{ ACTIVITY_STEP, .*\n/m,
        /\n *TIMELINE_QUERIES,/,
        /\n *test\.each\(TIMELINE_QUERIES\)[\s\S]*?\n {2}\}\);\n/,
        /(?:^ *\/\/.*\n)?^ *\['client, its .*\n/gm,
      ].map((remove) => ({
        file: 'tests/integration/features/connected-clients/query-plans.test.ts',
        remove,
      })),
      ...[
        /^import \{[^}]*\} from '#lib\/connections\/(?:activity-queries|revocation-history)\.ts';\n/gm,
        /^ *await (?:listActivity|toolsCalled|revocationHistory)\(.*\n/gm,
      ].map((remove) => ({ file: 'tests/support/previous-version.ts', remove })),
      {
        file: 'tests/integration/features/connected-clients/pending-deletion.test.ts',
        remove: /\n *expect\(page\)\.toContain\('Deleting the grant at AuthKit failed; retrying'\);/,
      },
    ],
  },
  'client-label': {
    kind: 'feature',
    about: "a person's own names for their connections",
    paths: ['features/connected-clients/label'],
  },
  landing: {
    kind: 'feature',
    about: 'introduction and links on the landing page',
    paths: ['features/landing', ...screenshots('landing')],
  },
  'client-setup': {
    kind: 'feature',
    about: 'tabs on the landing page with the set-up of each client',
    paths: ['features/client-setup'],
    edits: [
      {
        file: 'features/connected-clients/client-list.tsx',
        remove: /^ *<Link className="link" href="\/#connect">[\s\S]*?<\/Link>\n/m,
      },
    ],
  },
  'how-it-works': {
    kind: 'feature',
    about: 'the page that explains the flow with real answers, and the sequence on the landing page',
    paths: ['features/how-it-works', 'app/(site)/how-it-works', ...screenshots('how-it-works')],
    pages: ['/how-it-works'],
    needs: ['checks', 'connection-pages', 'metadata-documents', 'guarded-fetch'],
  },
  discovery: {
    kind: 'feature',
    about: 'the discovery client that inspector and doctor share',
    paths: ['features/discovery'],
    needs: ['checks', 'guarded-fetch'],
  },
  inspector: {
    kind: 'feature',
    about: 'the page that debugs the sign-in and the tools of any MCP server',
    paths: [
      'features/inspector',
      'app/(site)/inspector/*.tsx',
      'app/(site)/inspector/api',
      'app/(site)/inspector/callback',
      'features/how-it-works/try-it.tsx',
      'docs/decisions/0017-inspector-*',
      'docs/decisions/0031-inspector-*',
      'docs/decisions/0035-*',
      'tests/*/features/inspector-*',
      'tests/support/view-server.ts',
      'tests/support/sse-server.ts',
      'tests/support/stub-mcp-server.ts',
      ...screenshots('inspector'),
    ],
    pages: ['/inspector'],
    edits: [
      ...VIEW_EDITS.map((edit) => ({ ...edit, unless: 'inspector-views' as const })),
      {
        file: 'lib/db/schema.ts',
        remove:
          /\n\/\*\*(?:(?!\*\/)[\s\S])*\*\/\nexport const inspectorRefreshes = pgTable\([\s\S]*?\n\}\);\n/,
      },
      { file: 'knip.jsonc', remove: /^ *"tests\/conformance\/features\/inspector\/.*\n/m },
      { file: 'tests/unit/imports.test.ts', remove: /^ *'features\/inspector': .*\n/m },
      {
        file: 'tests/e2e/features/how-it-works/how-it-works.spec.ts',
        remove: /\ntest\('each step leads to the inspector[\s\S]*?\n\}\);\n/,
      },
      // Nothing else links to this page then.
      {
        file: 'lib/config/pages.ts',
        remove: /(path: '\/inspector\/client-metadata',) label: '[^']*' \}/,
        by: "$1 label: 'Client metadata', description: 'Validate or generate a client metadata document.', navigation: true }",
      },
    ],
    needs: ['checks', 'discovery', 'metadata-documents', 'guarded-fetch'],
  },
  'inspector-views': {
    kind: 'feature',
    about: 'the views of tools (MCP Apps) in the inspector',
    paths: ['features/inspector/views', 'tests/support/view-server.ts', 'docs/decisions/0035-*'],
    edits: [
      ...VIEW_EDITS,
      { file: 'features/inspector/server/call-server.ts', remove: /, \.\.\.VIEW_CAPABILITY/ },
    ],
  },
  'client-metadata': {
    kind: 'feature',
    about: 'the pages that validate and generate Client ID Metadata Documents',
    paths: ['features/client-metadata', 'app/(site)/inspector/client-metadata'],
    pages: ['/inspector/client-metadata', '/inspector/client-metadata/write'],
    needs: ['checks', 'metadata-documents', 'guarded-fetch'],
  },
  doctor: {
    kind: 'feature',
    about: '`npm run doctor`, and the state of the deployment on the landing page',
    paths: ['features/doctor', 'scripts/doctor.ts', 'scripts/doctor'],
    edits: [{ file: 'tests/unit/imports.test.ts', remove: /^ *'features\/doctor': .*\n/m }],
    scripts: ['doctor'],
    needs: ['checks', 'discovery', 'metadata-documents', 'guarded-fetch'],
  },
  home: {
    kind: 'feature',
    about: 'the start page of a signed-in person: what needs attention, the most used apps, the latest calls',
    paths: ['features/home'],
    edits: HOME_EDITS,
  },
  account: {
    kind: 'feature',
    about:
      'the page with the profile of a person, their organizations, and the download and deletion of their data',
    paths: ['features/account', 'app/(site)/account', 'docs/decisions/0028-*'],
    pages: ['/account'],
  },
  telemetry: {
    kind: 'feature',
    about: 'export of traces and counters by OpenTelemetry',
    paths: ['features/telemetry', 'lib/config/telemetry.ts', 'tests/unit/config/telemetry.test.ts'],
    edits: [
      { file: 'lib/config/env.ts', remove: /\n *\/\*\*[^\n]*\*\/\n *telemetry: TelemetryConfig[^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *telemetry: telemetryConfig\([^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *'OTEL_EXPORTER_OTLP_HEADERS',/ },
      { file: '.env.example', remove: /# -+ Traces and counters[\s\S]*?OTEL_SERVICE_NAME=\n/ },
    ],
  },
  'fast-path': {
    kind: 'feature',
    about: 'calls of tools without an SDK server: faster, and nothing else',
    paths: [
      'lib/mcp/fast-path',
      'tests/unit/mcp/fast-path',
      'docs/decisions/0010-*',
      'tests/conformance/features/fast-path',
    ],
    scripts: ['test:without-fast-path'],
    edits: [
      { file: 'scripts/test.ts', remove: /, vitest\('without-fast-path'\)/ },
      {
        file: 'vitest.config.ts',
        remove: /\/\*\*[^\n]*\*\/\nconst withoutFastPath = \{[\s\S]*?\n\};\n\n/,
      },
      {
        file: 'vitest.config.ts',
        remove: /\[\s*shared,\s*isolated,\s*integration,\s*withoutFastPath,\s*(\.\.\..*?),\s*\],/,
        by: '[shared, isolated, integration, $1],',
      },
      {
        file: 'lib/mcp/server.ts',
        remove: /withFastPath\((createSdkHandler\(tools, extras\)), tools, serverInfo\)/,
        by: '$1',
      },
      { file: 'lib/config/env.ts', remove: /\n *\/\*\*[^\n]*\*\/\n *fastPath: boolean;/ },
      { file: 'lib/config/env.ts', remove: /\n *fastPath: value\.[^\n]*/ },
      { file: 'lib/config/schema.ts', remove: /\n *MCP_FAST_PATH: [^\n]*/ },
      { file: '.env.example', remove: /(?:^#.*\n)+MCP_FAST_PATH=\n\n/m },
    ],
  },
  webhooks: {
    kind: 'feature',
    about: 'the endpoint to which WorkOS reports deleted people, ended sessions and changed roles',
    paths: [
      'features/webhooks',
      'app/webhooks',
      'lib/db/ended.ts',
      'lib/session/ended-session.ts',
      'lib/connections/workos-events.ts',
      'tests/support/webhook.ts',
      'docs/decisions/0021-*',
    ],
    edits: [
      { file: 'lib/db/schema.ts', remove: /\n\/\*\*[^\n]*\*\/\nexport const ended = [\s\S]*?\n\);\n/ },
      {
        file: 'features/doctor/settings.ts',
        remove: /\n {2}\(\{ loopback, appUrl, webhookSecret \}\)[\s\S]*?: undefined,(?=\n)/,
      },
      {
        file: 'tests/unit/features/doctor/settings.test.ts',
        remove: /\n {2}\['an app without webhooks'.*(?=\n)/,
      },
      { file: 'lib/config/env.ts', remove: /\n *\/\*\*[^\n]*\*\/\n *webhookSecret: string[^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *webhookSecret: value[^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *'WORKOS_WEBHOOK_SECRET',/ },
      { file: 'lib/config/schema.ts', remove: /\n *WORKOS_WEBHOOK_SECRET: z\n[\s\S]*?\.optional\(\),/ },
      { file: '.env.example', remove: /(?:^#.*\n)+WORKOS_WEBHOOK_SECRET=\n\n/m },
      { file: 'lib/session/user.ts', remove: /\n *if \(await isSessionEnded\(payload\)\) [^\n]*/ },
      { file: 'proxy.ts', remove: /, \/webhooks(?=\))/ },
      { file: 'proxy.ts', remove: /webhooks\/\|/ },
      { file: 'tests/unit/proxy.test.ts', remove: /^ *'\/webhooks\/.*\n/m },
    ],
  },
  notifications: {
    kind: 'feature',
    about: 'signed webhooks that report new, suspicious and revoked clients to the owner',
    paths: [
      'features/notifications',
      'lib/config/notifications.ts',
      'lib/connections/notifications.ts',
      'docs/notifications.md',
      'docs/decisions/0027-*',
    ],
    edits: [
      {
        file: 'lib/connections/policy/policy.ts',
        remove: /\n *const before = await[\s\S]*?at: context\.now\(\) \};/,
      },
      {
        file: 'lib/db/schema.ts',
        remove: /\n\/\*\*[^\n]*\*\/\nexport const notifications = pgTable\([\s\S]*?\n\);\n/,
      },
      { file: 'lib/config/env.ts', remove: /\n *\/\*\*[^\n]*\*\/\n *notifications: Notif[^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *notifications: notificationConfig\([^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *for \(const [^\n]* of notificationProblems\([^\n]*/ },
      { file: 'lib/config/env.ts', remove: /\n *'NOTIFY_WEBHOOK_URL',\n *'NOTIFY_WEBHOOK_SECRET',/ },
      { file: '.env.example', remove: /# -+ Notifications[\s\S]*?NOTIFY_WEBHOOK_SECRET=\n\n/ },
      ...['insert', 'first', 'returning'].map((part) => ({
        file: 'lib/connections/activity-write.ts',
        remove: new RegExp(`\\n *\\$\\{news\\.${part}\\}`),
      })),
      { file: 'lib/connections/activity-write.ts', remove: /\n *const news = [^\n]*/ },
      { file: 'lib/connections/activity-write.ts', remove: /const written = (?=await)/ },
      { file: 'lib/connections/activity-write.ts', remove: /\n *sendIfNotified\([^\n]*/ },
      { file: 'lib/connections/denial-queries.ts', remove: /\n *(?:await notifyOf|sendNotif)[^\n]*/ },
    ],
  },
  organization: {
    kind: 'feature',
    about: "pages and tools with which admins see and revoke the connections of their organization's members",
    paths: [
      'features/organization',
      'app/(site)/organization',
      'lib/connections/organization',
      'lib/workos/organizations.ts',
      'lib/mcp/tools/*organization*',
      'docs/organization.md',
      'docs/decisions/0033-*',
    ],
    pages: ['/organization', '/organization/policy', '/organization/audit'],
    needs: ['permissions', 'client-limits'],
    edits: [
      {
        file: 'lib/db/schema.ts',
        remove: /\n\/\*\*[^\n]*\*\/\nexport const organizationMembers = [\s\S]*?\n\);\n/,
      },
      {
        file: 'lib/db/schema.ts',
        remove: /\n\/\*\*[^\n]*\*\/\nexport const organizationActs = [\s\S]*?\n\);\n/,
      },
      { file: 'app/(site)/layout.tsx', remove: /\n *links=\{\[<OrganizationLink [^\n]*/ },
      ...[
        /\n *\{organizationId !== undefined && \([\s\S]*?\n *\)\}/,
        /\n *const \{ organizationId \} = row;/,
        /^import \{ organizationNames \} .*\n/m,
        /async (?=function ClientFacts)/,
      ].map((remove) => ({ file: 'features/connected-clients/client-facts.tsx', remove })),
      { file: 'lib/config/env.ts', remove: /\n *\/\*\*[^\n]*\*\/\n *organizationAdminPermission: string;/ },
      { file: 'lib/config/env.ts', remove: /\n *organizationAdminPermission: value[^\n]*/ },
      {
        file: 'lib/config/schema.ts',
        remove: /\n *ORGANIZATION_ADMIN_PERMISSION: z\n[\s\S]*?\.default\([^\n]*/,
      },
      { file: 'tests/unit/config/env.test.ts', remove: /\n *organizationAdminPermission: [^\n]*/ },
      { file: '.env.example', remove: /(?:^#.*\n)+ORGANIZATION_ADMIN_PERMISSION=\n\n/m },
    ],
  },
  permissions: {
    kind: 'feature',
    staysAlone: true,
    about: 'permissions of tools from the roles that people have at WorkOS, besides those that a token names',
    paths: [
      'lib/mcp/permissions.ts',
      'lib/workos/permissions.ts',
      'features/webhooks/roles.ts',
      'tests/unit/mcp/permissions.test.ts',
      'docs/decisions/0020-*',
    ],
    edits: [
      { file: 'lib/mcp/server.ts', remove: /withPermissions\((.*), tools\)/, by: '$1' },
      // Its tool that needs a permission then depends on the token.
      {
        file: 'scripts/demo.ts',
        remove: /(dataDir: join\(directory, 'authkit'\),)/,
        by: "$1\n    behaviour: { claims: 'permissions' },",
      },
      ...[
        /^import \{ ADA \}.*\n/m,
        /mcpMessage, /,
        /^test\('a tool that needs a permission[\s\S]*?^\}\);\n\n/m,
      ].map((remove) => ({ file: 'tests/integration/features/webhooks/webhooks.test.ts', remove })),
    ],
  },
  batches: {
    kind: 'feature',
    about: 'batches of messages, which only clients of revision 2025-03-26 send',
    paths: ['lib/mcp/batch.ts', 'tests/unit/mcp/batch.test.ts'],
    edits: [
      {
        file: 'lib/mcp/endpoint.ts',
        remove: /return respondToBatch\([^;]*;/,
        by: "return rpcError(400, -32600, 'Send one message in each request');",
      },
      { file: 'lib/mcp/negotiation.ts', remove: /export (?=async function messageText)/ },
    ],
  },
  'issuer-mirror': {
    kind: 'feature',
    about: "the authorization server's metadata on this server, which clients of revision 2025-03-26 read",
    paths: ['app/.well-known/oauth-authorization-server'],
    edits: [
      ...['init/crawl', 'unit/proxy.test', 'security/host-and-origin.test'].map((name) => ({
        file: `tests/${name}.ts`,
        remove: /\n *'\/\.well-known\/oauth-authorization-server',/g,
      })),
    ],
  },
  precompression: {
    kind: 'feature',
    about: 'scripts of pages compressed with Brotli by the build',
    paths: ['lib/server/precompressed-chunks.ts'],
    edits: [
      /\n *\.\.\.\(served && \{[\s\S]*?\n {2}\}\),/,
      /, \.\.\.\(served \? PRECOMPRESSED_HEADERS : \[\]\)/,
    ].map((remove) => ({ file: 'next.config.ts', remove })),
  },
  'page-transitions': {
    kind: 'feature',
    about: 'the fade from one page to the next',
    paths: ['app/transitions.css'],
  },
  'wrong-paths': {
    kind: 'feature',
    about: 'answers to programs at paths that are not the MCP endpoint',
    paths: ['lib/mcp/wrong-path.ts', 'tests/unit/mcp/wrong-path.test.ts', 'docs/decisions/0026-*'],
    edits: [
      { file: 'proxy.ts', remove: /refuseWrongPath\(request, settings\(\)\) \?\? / },
      { file: 'proxy.ts', remove: /import \{ config as settings \} .*\n/ },
    ],
  },
  notes: {
    kind: 'sample',
    about: 'sample tools that store notes, with their table, a prompt and a resource',
    paths: ['lib/mcp/tools/notes', 'tests/unit/mcp/tools/notes'],
    edits: [
      // The docstring of the table is one comment: another comment must not end before it.
      {
        file: 'lib/db/schema.ts',
        remove: /\n\/\*\*(?:(?!\*\/)[\s\S])*\*\/\nexport const notes = pgTable\([\s\S]*?\n\);\n/,
      },
    ],
  },
  'sample-tools': {
    kind: 'sample',
    about: 'the other sample tools, whoami excepted: scopes, permissions, progress',
    needs: ['connection-pages'],
    paths: [
      'scripts/demo/revoke-by-tools.ts',
      'lib/mcp/tools/contact-card.ts',
      'lib/mcp/tools/countdown.ts',
      'lib/mcp/tools/list-connections.ts',
      'lib/mcp/tools/limit-connection.ts',
      'lib/mcp/tools/revoke-connection.ts',
      'tests/unit/mcp/tools/limit-connection.test.ts',
      'tests/unit/mcp/tools/samples.test.ts',
    ],
  },
  'metadata-documents': {
    kind: 'feature',
    about: "checks of other clients' metadata documents",
    paths: [
      'lib/cimd/client-id-url.ts',
      'lib/cimd/client-keys.ts',
      'lib/cimd/client-metadata.ts',
      'lib/cimd/client-metadata-document.ts',
      'lib/cimd/client-metadata-rules.ts',
      'lib/cimd/client-redirects.ts',
      'tests/security/cimd-documents.test.ts',
    ],
    edits: [
      {
        file: 'tests/unit/cimd/own-client-metadata.test.ts',
        remove: /\n {2}test\.each\(\[\n {4}\['none', OAUTH_CALLBACK_PATHS\][\s\S]*?\n {2}\);\n/,
      },
    ],
    needs: ['checks', 'guarded-fetch'],
  },
  checks: {
    kind: 'feature',
    about: 'findings of checks: of a server, of a metadata document, of this deployment',
    paths: ['lib/checks', 'tests/unit/checks'],
  },
  'guarded-fetch': {
    kind: 'feature',
    about: 'requests to URLs that others choose, guarded against requests to inner networks',
    paths: [
      'lib/guarded-fetch/connect.ts',
      'lib/guarded-fetch/destination.ts',
      'lib/guarded-fetch/fetch-limits.ts',
      'lib/guarded-fetch/guarded-fetch.ts',
      'lib/guarded-fetch/guarded-fetch-error.ts',
      'lib/guarded-fetch/shared-calls.ts',
      'tests/unit/guarded-fetch',
      'tests/security/urls-we-fetch.test.ts',
      'tests/support/fake-internet.ts',
      'docs/decisions/0006-*',
    ],
  },
  bench: {
    kind: 'project',
    about: 'the benchmark with its peers',
    paths: ['tests/bench', 'docs/scaling.md'],
    edits: [
      {
        file: 'biome.json',
        remove: /,\n *"overrides": \[\n *\{\n *"includes": \["tests\/bench\/\*\*"\],[^\]]*\]/,
      },
      { file: 'tsconfig.json', remove: /(?:,\n *"tests\/bench\/[^"]*")+/ },
      { file: '.gitignore', remove: /(?:^\/tests\/bench\/.*\n)+/m },
      { file: 'knip.jsonc', remove: /^ *\/\/.*\n *"tests\/bench\/\*\*\/\{.*\n/m },
      { file: 'knip.jsonc', remove: /^ *\/\/.*\n *"ignore": \["tests\/bench\/.*\n/m },
      { file: 'knip.jsonc', remove: /,\n *\/\/.*\n *"mcp-use"/ },
    ],
    scripts: ['bench'],
  },
  screenshots: {
    kind: 'project',
    about: 'the pictures in the documents, and the command that takes them',
    paths: [
      'scripts/screenshots.ts',
      'scripts/screenshots',
      'tests/unit/screenshots.test.ts',
      'public/screenshots',
      'features/landing/product-picture.tsx',
    ],
    edits: [
      { file: '.dockerignore', remove: /(?:^!?public\/screenshots\/.*\n)+/m },
      { file: 'proxy.ts', remove: /screenshots\/\|/ },
      { file: 'tests/unit/proxy.test.ts', remove: /^ *'\/screenshots\/.*\n/m },
    ],
    scripts: ['screenshots'],
  },
  'resource-server': {
    kind: 'project',
    about: 'the conformance suite for resource servers',
    paths: ['tests/conformance/resource-server'],
    scripts: ['test:resource-server'],
  },
  mutation: {
    kind: 'project',
    about: 'deliberate breaks of the code, which the tests must notice',
    paths: ['tests/mutation', 'tests/unit/mutation.test.ts'],
    edits: [{ file: 'knip.jsonc', remove: /^ *"tests\/mutation\/.*\n/m }],
    scripts: ['test:mutation'],
  },
  'client-matrix': {
    kind: 'project',
    about: 'the run of real clients, and its table',
    paths: ['tests/clients', 'docs/clients.md'],
    scripts: ['test:clients'],
  },
  init: {
    kind: 'project',
    about: '`npm run init` itself',
    paths: [
      'scripts/init.ts',
      'scripts/init',
      'tests/init',
      'tests/unit/init',
      'tests/integration/init.test.ts',
    ],
    scripts: ['init', 'test:init'],
  },
} as const satisfies Record<string, Omit<Part, 'needs'> & { needs?: readonly string[] }>;

export const parts: Readonly<Record<PartName, Part>> = PARTS;
export const partNames = Object.keys(PARTS) as PartName[];

export const isPart = (name: string): name is PartName => Object.hasOwn(PARTS, name);

/** What `--without` may name. */
export const removable = partNames.filter((name) => parts[name].kind !== 'project');
/** What `--keep` may name. */
export const keepable = partNames.filter((name) => parts[name].kind === 'project' && name !== 'init');
/** What `--lean` removes. */
export const lean = removable.filter((name) => name !== 'connected-clients' && name !== 'landing');

/** The files and folders of a part, its tests included. */
export function pathsOf(name: PartName): string[] {
  return [...parts[name].paths, `tests/*/features/${name}`];
}

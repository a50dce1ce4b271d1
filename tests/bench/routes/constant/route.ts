const answer = () =>
  Response.json({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'constant' }] } });

/** Without it the answer to a GET would be made when building. */
export const dynamic = 'force-dynamic';

export const GET = answer;

/** What Next itself costs: reads the body, answers the same bytes each time. */
export async function POST(request: Request): Promise<Response> {
  await request.text();
  return answer();
}

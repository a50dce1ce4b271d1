/** What Next itself costs: reads the body, answers the same bytes each time. */
export async function POST(request: Request): Promise<Response> {
  await request.text();
  return Response.json({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'constant' }] } });
}

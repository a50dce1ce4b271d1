export default function Home() {
  return <main>MCP</main>;
}

export default function Page() {
  return <p>An empty app</p>;
}

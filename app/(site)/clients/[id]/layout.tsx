import { ownConnection } from '#components/clients/own-connection.ts';

// Before anything is sent, so that a client that is not there answers with status 404.
export default async function ClientLayout({ children, params }: LayoutProps<'/clients/[id]'>) {
  await ownConnection((await params).id);
  return children;
}

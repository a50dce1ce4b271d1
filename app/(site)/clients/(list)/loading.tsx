import { PageHeader } from '#components/page-header.tsx';
import { Skeleton } from '#components/skeleton.tsx';

export default function LoadingClients() {
  return (
    <>
      <PageHeader title="Connected clients" lead={<Skeleton className="h-6 w-64" />} />
      <p className="sr-only" role="status">
        Loading your clients
      </p>
      <Skeleton className="h-8 w-full" />
      <div className="mt-6 space-y-6">
        {['a', 'b', 'c', 'd'].map((key) => (
          <div key={key} className="flex items-center gap-3 border-b border-line pb-6">
            <Skeleton className="size-10" />
            <div className="flex-1 space-y-2">
              <Skeleton className="h-5 w-64 max-w-full" />
              <Skeleton className="h-5 w-40 max-w-full" />
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

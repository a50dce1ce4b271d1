import { Skeleton } from '#components/skeleton.tsx';

export default function LoadingClient() {
  return (
    <div className="pt-6">
      <p className="sr-only" role="status">
        Loading this client
      </p>
      <Skeleton className="h-5 w-40" />
      <Skeleton className="mt-12 h-9 w-80 max-w-full" />
      <div className="mt-6 grid gap-x-16 gap-y-8 lg:grid-cols-2">
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
      <Skeleton className="mt-12 h-32 w-full" />
      <Skeleton className="mt-12 h-64 w-full" />
    </div>
  );
}

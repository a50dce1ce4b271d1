import { ExternalLink } from '#components/ui/icons.tsx';
import { FileLink } from './file-link.tsx';
import { MessageBlock } from './message-block.tsx';
import type { Step } from './step.ts';
import { TryIt } from './try-it.tsx';

/** One step: text, messages, code and specification, common mistakes. */
export function StepSection({ step, number }: { step: Step; number: number }) {
  return (
    <section aria-labelledby={step.id} className="mb-20">
      <h2 id={step.id} className="flex scroll-mt-8 items-baseline gap-3 text-xl">
        <span className="text-primary tabular-nums">{number}</span>
        {step.title}
      </h2>
      <div className="mt-2 max-w-[65ch] space-y-3 [&_code]:wrap-anywhere sm:[&_code]:whitespace-nowrap">
        {step.text}
      </div>
      <div className="mt-5 max-w-[80ch] space-y-3">
        {step.messages.map((message) => (
          <MessageBlock key={message.head} message={message} step={step.title} />
        ))}
      </div>
      <dl className="mt-4 space-y-1 text-sm">
        <div className="flex gap-4">
          <dt className="w-12 shrink-0 text-muted-foreground">Code</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">
            {step.files.map((file) => (
              <FileLink key={file} path={file} />
            ))}
          </dd>
        </div>
        <div className="flex gap-4">
          <dt className="w-12 shrink-0 text-muted-foreground">Spec</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">
            {step.spec.map(({ name, url }) => (
              <a key={name} href={url} rel="noreferrer" className="link">
                {name}
                <ExternalLink size={12} aria-hidden className="ml-1 inline" />
              </a>
            ))}
          </dd>
        </div>
      </dl>
      <div className="mt-3 flex max-w-[80ch] flex-wrap items-start justify-between gap-x-8 gap-y-2">
        <details className="min-w-0 max-w-[65ch] text-sm">
          <summary className="py-1 text-muted-foreground hover:text-foreground">Common mistakes</summary>
          <ul className="mt-1 list-disc space-y-1 pl-5">
            {step.mistakes.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
        <TryIt step={step.title} />
      </div>
    </section>
  );
}

import { CodeBlock } from '#components/ui/code-block.tsx';
import type { Step } from './step.ts';

/** One step: text, messages, code and specification, common mistakes. */
export function StepSection({ step, number }: { step: Step; number: number }) {
  return (
    <section aria-labelledby={step.id} className="mb-16 scroll-mt-8">
      <h2 id={step.id} className="flex scroll-mt-8 items-baseline gap-3 text-base">
        <span className="text-primary tabular-nums">{number}</span>
        {step.title}
      </h2>
      <div className="mt-2 max-w-[65ch] space-y-3 [&_code]:whitespace-nowrap">{step.text}</div>
      <div className="mt-4 max-w-[80ch]">
        <CodeBlock
          title={step.messages.title}
          code={step.messages.code}
          mark={step.messages.mark}
          copy={false}
        />
      </div>
      <dl className="mt-3 text-sm">
        <div className="flex gap-4 py-0.5">
          <dt className="w-16 shrink-0 text-muted-foreground">Code</dt>
          <dd className="flex flex-wrap gap-x-4">
            {step.files.map((file) => (
              <code key={file}>{file}</code>
            ))}
          </dd>
        </div>
        <div className="flex gap-4 py-0.5">
          <dt className="w-16 shrink-0 text-muted-foreground">Spec</dt>
          <dd>{step.spec.join(' · ')}</dd>
        </div>
      </dl>
      <details className="mt-3 max-w-[65ch] text-sm">
        <summary className="py-1 text-muted-foreground hover:text-foreground">Common mistakes</summary>
        <ul className="mt-1 list-disc space-y-1 pl-5">
          {step.mistakes.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

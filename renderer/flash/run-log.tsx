import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../controls/copy-text.tsx';
import styles from './run-log.module.css';
import { type Run, useRunLog } from './runs.ts';

/** What Kiln and the tools said, folded away until somebody asks. */
export function RunLog({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  const lines = useRunLog(run.id);
  const failed = run.end?.outcome === 'failed' || run.end?.outcome === 'unconfirmed';
  return (
    // A new element when it fails: then it is open, unless the person closes it again.
    <details key={String(failed)} className={styles.log} open={failed}>
      <summary>{t('flash.log', { count: lines.length })}</summary>
      <LogLines lines={lines} />
    </details>
  );
}

export function LogLines({ lines }: { readonly lines: readonly string[] }) {
  const { t } = useTranslation();
  const box = useRef<HTMLPreElement>(null);
  const count = lines.length;
  useEffect(() => {
    const { current } = box;
    if (current !== null && count > 0) current.scrollTop = current.scrollHeight;
  }, [count]);
  return (
    <div className={styles.box}>
      <pre
        ref={box}
        className={styles.lines}
        role="log"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll the log
        tabIndex={0}
        aria-label={t('builds.log')}
      >
        {lines.join('\n')}
      </pre>
      <div className={styles.copy}>
        <CopyButton text={lines.join('\n')} label={t('builds.copyLog')} />
      </div>
    </div>
  );
}

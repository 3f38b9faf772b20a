import { FlaskConical, SquarePen, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { LogLines } from '../builds/log-lines.tsx';
import { Button, buttonClass } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import panel from '../controls/side-panel.module.css';
import { editorPath } from '../frame/navigation.ts';
import { formatTime } from '../i18n/format.ts';
import { type TestedKeyboard, useTestLog } from './test-builds.ts';
import styles from './test-details.module.css';
import { TestKeyboardDialog } from './test-keyboard.tsx';
import { VerdictMark } from './verdict-mark.tsx';

/** One keyboard's last test build, with its log. */
export function TestDetails({
  tree,
  tested: { keyboard, verdict, testedAt, version },
}: {
  readonly tree: string;
  readonly tested: TestedKeyboard;
}) {
  const { t } = useTranslation();
  const [isTesting, setTesting] = useState(false);
  const { data: lines, error, refetch } = useTestLog(tree, keyboard, testedAt);
  return (
    <aside className={`${panel.panel} ${styles.panel}`} aria-label={t('service.tests.details')}>
      <Link
        href="/service/test-builds"
        className={`${panel.close} ${buttonClass('quiet', 'small')}`}
        aria-label={t('service.tests.closeDetails')}
      >
        <X aria-hidden="true" />
      </Link>
      <header className={panel.head}>
        <h2 className={panel.title}>{keyboard}</h2>
        <VerdictMark verdict={verdict} />
      </header>
      <div className={panel.actions}>
        <Button size="small" icon={<FlaskConical />} onClick={() => setTesting(true)}>
          {t('service.tests.again')}
        </Button>
        <Link className={buttonClass('plain', 'small')} href={editorPath(tree, keyboard)}>
          <SquarePen aria-hidden="true" />
          {t('service.tests.edit')}
        </Link>
      </div>
      {testedAt === null ? (
        <p className={styles.never}>{t('service.tests.never')}</p>
      ) : (
        <dl className={styles.facts}>
          <dt>{t('service.tests.tested')}</dt>
          <dd>{formatTime(testedAt)}</dd>
          {version !== null && (
            <>
              <dt>{t('service.tests.version')}</dt>
              <dd>
                {tree} <code>{version}</code>
              </dd>
            </>
          )}
        </dl>
      )}
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {lines !== undefined && (
        <div className={panel.log}>
          <LogLines lines={lines} />
        </div>
      )}
      {isTesting && (
        <TestKeyboardDialog start={{ name: keyboard, tree }} onClose={() => setTesting(false)} />
      )}
    </aside>
  );
}

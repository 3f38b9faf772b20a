import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useOwnCommand } from '../api/own-command.ts';
import { useRefreshAfterReturn, useServiceHealth } from '../api/service-state.ts';
import { desktop } from '../bridge/desktop.ts';
import { announce } from '../controls/announcer.tsx';
import { Button } from '../controls/button.tsx';
import { Notice } from '../controls/notice.tsx';
import styles from './offline-bar.module.css';

/** Says that the service is gone for as long as it is, and leaves the page below as it was. */
export function OfflineBar() {
  const { t } = useTranslation();
  const { isGone } = useServiceHealth();
  const command = useOwnCommand();
  const onReturn = useCallback(() => announce(t('frame.offline.back')), [t]);
  useRefreshAfterReturn(isGone, onReturn);
  if (!isGone) return null;
  return (
    <div className={styles.bar}>
      <Notice
        tone="danger"
        live
        title={t('frame.offline.title')}
        actions={
          desktop !== null && (
            <Button size="small" onClick={() => void desktop?.request('restart-service')}>
              {t('common.retry')}
            </Button>
          )
        }
      >
        <p>{t('frame.offline.body')}</p>
        {desktop === null && (
          <p>
            {t('frame.offline.how')} <code>{command} serve</code>
          </p>
        )}
      </Notice>
    </div>
  );
}

import { useTranslation } from 'react-i18next';
import { ServiceError } from '../api/client.ts';
import { sayIn, sayRefusal } from '../i18n/sentences.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** An error of a request: the service's own sentence and remedy, and a way to try again. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const known = error instanceof ServiceError && !error.isGone;
  const gone = error instanceof ServiceError && error.isGone;
  const title = known ? sayRefusal(error) : gone ? t('common.gone') : t('common.unknownError');
  return (
    <Notice
      tone="danger"
      live
      title={title}
      actions={
        onRetry === undefined ? undefined : (
          <Button size="small" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )
      }
    >
      {known && error.remedy !== '' && <p>{sayIn('remedy', error.remedy)}</p>}
    </Notice>
  );
}

import { useTranslation } from 'react-i18next';
import { ServiceError } from '../api/client.ts';
import { sayError } from '../i18n/sentences.ts';
import { Button } from './button.tsx';
import { Notice, type NoticeProps } from './notice.tsx';

/** What the service reports as an error, in the window's language: what happened, and what to do. */
export function ReportNotice({
  report,
  tone = 'danger',
  ...rest
}: {
  readonly report: Parameters<typeof sayError>[0];
} & Partial<Pick<NoticeProps, 'tone' | 'live' | 'actions'>>) {
  const { message, remedy } = sayError(report);
  return (
    <Notice tone={tone} title={message} {...rest}>
      {remedy !== '' && <p>{remedy}</p>}
    </Notice>
  );
}

/** An error of a request: the service's own sentence and remedy, and a way to try again. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const actions =
    onRetry === undefined ? undefined : (
      <Button size="small" onClick={onRetry}>
        {t('common.retry')}
      </Button>
    );
  if (error instanceof ServiceError && !error.isGone) {
    return <ReportNotice report={error} live actions={actions} />;
  }
  const title = error instanceof ServiceError ? t('common.gone') : t('common.unknownError');
  return <Notice tone="danger" live title={title} actions={actions} />;
}

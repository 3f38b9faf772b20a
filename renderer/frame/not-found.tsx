import { MapPinOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { PageTitle } from './title-bar.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle title={t('frame.notFound.title')} />
      <EmptyState
        icon={MapPinOff}
        title={t('frame.notFound.title')}
        actions={
          <Link href="/keyboards" className={buttonClass('primary')}>
            {t('frame.notFound.action')}
          </Link>
        }
      >
        {t('frame.notFound.body')}
      </EmptyState>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useOwnCommand } from '../api/own-command.ts';
import { desktop } from '../bridge/desktop.ts';
import { Button, buttonClass } from '../controls/button.tsx';
import { CopyText } from '../controls/copy-text.tsx';
import { SettingsGroup } from './settings-group.tsx';

const ADDRESS = '/configurator/';

/** Whether a built Configurator was added; this also answers while the service leads browsers elsewhere. */
async function isThere(): Promise<boolean> {
  const response = await fetch(ADDRESS, { method: 'HEAD' });
  return response.ok;
}

/** The built QMK Configurator that the service hands out, where one was added; else how to add one. */
export function Configurator() {
  const { t } = useTranslation();
  const command = useOwnCommand();
  const { data } = useQuery({ queryKey: ['configurator'], queryFn: isThere });
  return (
    <SettingsGroup title={t('settings.configurator.title')}>
      {data === true ? (
        <div>
          {desktop === null ? (
            <a className={buttonClass()} href={ADDRESS} target="_blank" rel="noopener noreferrer">
              <ExternalLink aria-hidden="true" />
              {t('settings.configurator.open')}
            </a>
          ) : (
            <Button
              icon={<ExternalLink />}
              onClick={() => void desktop?.request('open-configurator')}
            >
              {t('settings.configurator.open')}
            </Button>
          )}
        </div>
      ) : (
        <>
          <p>{t('settings.configurator.none')}</p>
          <CopyText text={`${command} configurator add ~/qmk_configurator/dist`} />
        </>
      )}
    </SettingsGroup>
  );
}

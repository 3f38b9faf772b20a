import { Cpu, Keyboard, Usb } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/button.tsx';
import { ErrorNotice, ReportNotice } from '../controls/error-notice.tsx';
import { sayIn } from '../i18n/sentences.ts';
import styles from './device-list.module.css';
import { type Device, sortDevices, useDevices } from './devices.ts';
import { planFlash, useFlashPlan } from './flash-store.ts';
import { UdevDialog } from './udev-dialog.tsx';

/** Everything attached, what it is, what can be done with it, and if nothing can, why and what to do. */
export function DeviceList() {
  const { t } = useTranslation();
  const { data, error, refetch } = useDevices();
  const [rules, setRules] = useState(false);
  const { concerned, others } = sortDevices(data?.devices ?? []);
  const showRules = () => setRules(true);
  return (
    <aside className={styles.panel} aria-label={t('flash.devices.label')}>
      <h2 className={styles.heading}>{t('flash.devices.label')}</h2>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data?.trouble != null && <ReportNotice report={data.trouble} tone="warning" />}
      {data !== undefined && data.trouble === null && concerned.length === 0 && (
        <p className={styles.none}>{t('flash.devices.none')}</p>
      )}
      <ul className={styles.list}>
        {concerned.map((device) => (
          <DeviceCard key={device.id} device={device} onRules={showRules} />
        ))}
      </ul>
      {others.length > 0 && (
        <details className={styles.others}>
          <summary>{t('flash.devices.others', { count: others.length })}</summary>
          <ul className={styles.list}>
            {others.map((device) => (
              <DeviceCard key={device.id} device={device} onRules={showRules} />
            ))}
          </ul>
        </details>
      )}
      <Button kind="quiet" size="small" className={styles.rules} onClick={showRules}>
        {t('flash.udev.show')}
      </Button>
      <UdevDialog open={rules} onClose={() => setRules(false)} />
    </aside>
  );
}

const ICONS = { keyboard: Keyboard, bootloader: Cpu, other: Usb };
const MOST_NAMES = 3;

function DeviceCard({
  device,
  onRules,
}: {
  readonly device: Device;
  readonly onRules: () => void;
}) {
  const { t } = useTranslation();
  const chosen = useFlashPlan(({ device: picked }) => picked?.instance === device.instance);
  const { kind, title, usb, mcu, keyboards, problems, can, volumes } = device;
  const Icon = ICONS[kind];
  const names = keyboards.slice(0, MOST_NAMES);
  const mount = volumes.find((volume) => volume.mount !== null)?.mount ?? null;
  const isDenied = problems.some(({ code }) => code === 'no-permission');
  const isTakable = kind === 'bootloader' && can.length > 0;
  return (
    <li className={styles.card} data-kind={kind}>
      <Icon className={styles.icon} aria-hidden="true" />
      <div className={styles.body}>
        <h3 className={styles.title}>{title}</h3>
        <p className={styles.kind}>
          {t(`flash.devices.kind.${kind}`)}
          {mcu !== null && ` · ${mcu}`}
        </p>
        {names.length > 0 && (
          <p className={styles.names}>
            {names.map(({ tree, name }) => (
              <code key={`${tree} ${name}`}>{name}</code>
            ))}
            {keyboards.length > names.length &&
              t('flash.devices.more', { count: keyboards.length - names.length })}
          </p>
        )}
        {problems.map(({ code, message, remedy }) => (
          <div key={code} className={code === 'in-firmware' ? styles.hint : styles.problem}>
            <p>{sayIn('device', message)}</p>
            <p className={styles.remedy}>{sayIn('device', remedy)}</p>
          </div>
        ))}
        <p className={styles.place}>
          {usb !== null && (
            <code>
              {usb.vid}:{usb.pid}
            </code>
          )}
          {device.ports.map(({ path }) => (
            <code key={path}>{path}</code>
          ))}
          {mount !== null && <code>{mount}</code>}
        </p>
        {(isDenied || isTakable) && (
          <div className={styles.actions}>
            {isDenied && (
              <Button size="small" onClick={onRules}>
                {t('flash.udev.install')}
              </Button>
            )}
            {isTakable && (
              <Button
                size="small"
                aria-pressed={chosen}
                onClick={() =>
                  planFlash({
                    device: chosen ? null : { instance: device.instance, title },
                    runId: null,
                  })
                }
              >
                {chosen ? t('flash.devices.taken') : t('flash.devices.take')}
              </Button>
            )}
          </div>
        )}
      </div>
    </li>
  );
}

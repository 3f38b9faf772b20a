import { CircleCheck } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../controls/notice.tsx';
import { formatBytes } from '../i18n/format.ts';
import { sayIn } from '../i18n/sentences.ts';
import { planFlash, useFlashPlan } from './flash-store.ts';
import type { Readiness } from './plan-request.ts';
import styles from './prepare.module.css';
import type { Preview } from './runs.ts';

/** What the check found, before anything is erased; and the name to type where something does not fit. */
export function PreviewResult({
  preview,
  withImage,
  readiness,
  typed,
  onType,
}: {
  readonly preview: Preview;
  readonly withImage: boolean;
  readonly readiness: Readiness | null;
  readonly typed: string;
  readonly onType: (text: string) => void;
}) {
  const { t } = useTranslation();
  const picked = useFlashPlan(({ device }) => device);
  const { findings, device, bootloader, mcu, room } = preview;
  const against = findings.filter(({ severity }) => severity !== 'note');
  const notes = findings.filter(({ severity }) => severity === 'note');
  const confirm = preview.confirm ?? useFlashPlan.getState().confirm;
  const isStop = readiness?.state === 'stop';
  const target = device?.title ?? picked?.title ?? bootloader?.name ?? null;
  return (
    <section className={styles.group} aria-label={t('flash.check.label')}>
      <h3 className={styles.label}>{t('flash.check.label')}</h3>
      {target === null ? (
        <p className={styles.muted}>{t('flash.check.unknown')}</p>
      ) : (
        <p>
          {t(device === null ? 'flash.check.awaited' : 'flash.check.target', { device: target })}
          {mcu !== null && <span className={styles.muted}> · {mcu}</span>}
          {room !== null && (
            <span className={styles.muted}>
              {' '}
              · {t('flash.check.room', { size: formatBytes(room) })}
            </span>
          )}{' '}
          {picked !== null && (
            <button
              type="button"
              className={styles.link}
              onClick={() => planFlash({ device: null })}
            >
              {t('flash.check.anyDevice')}
            </button>
          )}
        </p>
      )}
      {withImage && bootloader !== null && against.length === 0 && (
        <p className={styles.fits}>
          <CircleCheck aria-hidden="true" />
          {t('flash.check.fits')}
        </p>
      )}
      {against.length > 0 && (
        <Notice
          tone={isStop ? 'danger' : 'warning'}
          live
          title={t(isStop ? 'flash.check.stop' : 'flash.check.mismatch')}
        >
          <ul className={styles.findings}>
            {against.map(({ rule, message }) => (
              <li key={`${rule} ${message}`}>{sayIn('finding', message)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {notes.map(({ rule, message }) => (
        <p key={rule} className={styles.muted}>
          {sayIn('finding', message)}
        </p>
      ))}
      {bootloader?.warning != null && withImage && (
        <Notice tone="warning" title={sayIn('warning', bootloader.warning)} />
      )}
      {!isStop && confirm !== null && <Confirm name={confirm} typed={typed} onType={onType} />}
    </section>
  );
}

function Confirm({
  name,
  typed,
  onType,
}: {
  readonly name: string;
  readonly typed: string;
  readonly onType: (text: string) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={styles.confirm}>
      <label htmlFor={id}>
        {t('flash.check.confirm')} <code>{name}</code>
      </label>
      <input
        id={id}
        className={styles.input}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onType(event.target.value)}
      />
    </div>
  );
}

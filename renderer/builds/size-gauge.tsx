import { Meter } from '@base-ui/react/meter';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatPercent } from '../i18n/format.ts';
import styles from './size-gauge.module.css';

/** How full the chip is. Without a known limit it is a number only. */
export function SizeGauge({
  used,
  limit,
}: {
  readonly used: number;
  readonly limit: number | null;
}) {
  const { t } = useTranslation();
  if (limit === null) return <span className={styles.text}>{formatBytes(used)}</span>;
  const fraction = used / limit;
  const state = fraction > 1 ? styles.over : fraction > 0.95 ? styles.tight : '';
  const words = t('builds.size', { used: formatBytes(used), limit: formatBytes(limit) });
  return (
    <Meter.Root
      className={styles.gauge}
      title={formatPercent(fraction)}
      aria-label={t('builds.sizeLabel')}
      value={Math.min(used, limit)}
      max={limit}
      getAriaValueText={() => words}
    >
      <span className={styles.text}>{words}</span>
      <Meter.Track className={`${styles.bar} ${state}`}>
        <Meter.Indicator className={styles.fill} />
      </Meter.Track>
    </Meter.Root>
  );
}

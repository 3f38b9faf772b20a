import { Hammer, Keyboard, SquarePen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import styles from './first-start.module.css';

const STEPS = [
  ['choose', Keyboard],
  ['change', SquarePen],
  ['build', Hammer],
] as const;

/** The way from here to a firmware file, for who has not gone it yet. */
export function FirstStart() {
  const { t } = useTranslation();
  return (
    <section className={styles.start} aria-labelledby="first-start">
      <h2 id="first-start" className={styles.title}>
        {t('keyboards.first.title')}
      </h2>
      <ol className={styles.steps}>
        {STEPS.map(([step, Icon], index) => (
          <li key={step} className={styles.step}>
            <Icon aria-hidden="true" />
            <div>
              <h3>
                {index + 1} · {t(`keyboards.first.${step}.title`)}
              </h3>
              <p>{t(`keyboards.first.${step}.body`)}</p>
            </div>
          </li>
        ))}
      </ol>
      <p className={styles.trees}>
        {t('keyboards.first.trees')} <Link href="/trees">{t('keyboards.first.addTree')}</Link>
      </p>
    </section>
  );
}

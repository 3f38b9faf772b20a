import { useTranslation } from 'react-i18next';
import { type FlashAction, type Hand, planFlash } from './flash-store.ts';
import styles from './prepare.module.css';

const ACTIONS: readonly FlashAction[] = ['flash', 'clear-eeprom', 'set-hand', 'exit'];
const HANDS: readonly Hand[] = ['left', 'right'];

/** What is to be done: the firmware, its settings, the hand of a half, or nothing but leaving. */
export function ChooseWork({
  action,
  hand,
}: {
  readonly action: FlashAction;
  readonly hand: Hand;
}) {
  const { t } = useTranslation();
  return (
    <>
      <fieldset className={styles.group}>
        <legend className={styles.label}>{t('flash.work.label')}</legend>
        <div className={styles.options}>
          {ACTIONS.map((one) => (
            <label key={one} className={styles.option}>
              <input
                type="radio"
                name="flash-action"
                checked={one === action}
                onChange={() => planFlash({ action: one, confirm: null, startWith: null })}
              />
              {t(`flash.work.${one}`)}
            </label>
          ))}
        </div>
        {action !== 'flash' && <p className={styles.muted}>{t(`flash.workAbout.${action}`)}</p>}
      </fieldset>
      {action === 'set-hand' && (
        <fieldset className={styles.group}>
          <legend className={styles.label}>{t('flash.hand.label')}</legend>
          <div className={styles.options}>
            {HANDS.map((one) => (
              <label key={one} className={styles.option}>
                <input
                  type="radio"
                  name="flash-hand"
                  checked={one === hand}
                  onChange={() => planFlash({ hand: one })}
                />
                {t(`flash.hand.${one}`)}
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}

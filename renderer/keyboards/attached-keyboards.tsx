import { Usb } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Device, useAttachedDevices } from '../api/devices.ts';
import { editorPath } from '../frame/navigation.ts';
import { KeyboardPicture } from './keyboard-picture.tsx';
import styles from './recent-keyboards.module.css';

/** Of keyboards that share a USB id more would only hide the one that is meant. */
const MOST = 4;

/** What is plugged in, before everything else: most likely it is what the person came for. */
export function AttachedKeyboards() {
  const { t } = useTranslation();
  const devices = useAttachedDevices();
  if (devices.length === 0) return null;
  return (
    <section aria-labelledby="attached-keyboards">
      <h2 id="attached-keyboards" className={styles.title}>
        {t('keyboards.attached.title')}
      </h2>
      <ul className={styles.cards}>
        {devices.flatMap((device) =>
          device.keyboards.length === 0 ? (
            <li key={device.id}>
              <Unknown device={device} />
            </li>
          ) : (
            device.keyboards.slice(0, MOST).map(({ tree, name }) => (
              <li key={`${device.id} ${tree} ${name}`}>
                <Link className={styles.card} href={editorPath(tree, name)}>
                  <span className={styles.picture}>
                    <KeyboardPicture tree={tree} keyboard={name} />
                  </span>
                  <code className={styles.name}>{name}</code>
                  <span className={styles.tree}>{tree}</span>
                </Link>
              </li>
            ))
          ),
        )}
      </ul>
    </section>
  );
}

/** A bootloader, which tells no keyboard, or a keyboard that no tree has. */
function Unknown({ device: { kind, title } }: { readonly device: Device }) {
  const { t } = useTranslation();
  return (
    <Link className={styles.card} href={kind === 'bootloader' ? '/flash' : '/trees'}>
      <span className={`${styles.picture} ${styles.empty}`}>
        <Usb aria-hidden="true" />
      </span>
      <span className={styles.device}>
        {title}
        <span className={styles.tree}>{t(`keyboards.attached.${kind}`)}</span>
      </span>
    </Link>
  );
}

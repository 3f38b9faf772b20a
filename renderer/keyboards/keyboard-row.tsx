import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { editorPath } from '../frame/navigation.ts';
import { KeyboardPicture } from './keyboard-picture.tsx';
import styles from './keyboard-row.module.css';
import type { FoundKeyboard } from './search.ts';

/** One keyboard of the results: its shape, what it is called, who makes it, what is inside. */
export function KeyboardRow({
  keyboard,
  index,
}: {
  readonly keyboard: FoundKeyboard;
  readonly index: number;
}) {
  const { t } = useTranslation();
  const { tree, name, title, maker, processor, vid, pid, error } = keyboard;
  const facts = [maker, processor].filter((fact) => fact !== null && fact !== '');
  return (
    <Link className={styles.row} href={editorPath(tree, name)} data-index={index}>
      <span className={styles.picture}>
        {error === null && <KeyboardPicture tree={tree} keyboard={name} />}
      </span>
      <span className={styles.names}>
        <span className={styles.title}>{title ?? name}</span>
        <code className={styles.name}>{name}</code>
      </span>
      {error === null ? (
        <span className={styles.facts}>{facts.join(' · ')}</span>
      ) : (
        <span className={styles.broken} title={error}>
          <TriangleAlert aria-hidden="true" />
          {t('keyboards.broken')}
        </span>
      )}
      <code className={styles.usb}>{vid !== null && pid !== null && `${vid}:${pid}`}</code>
      <span className={styles.tree}>{tree}</span>
    </Link>
  );
}

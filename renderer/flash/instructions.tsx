import { sayIn } from '../i18n/sentences.ts';
import styles from './instructions.module.css';

/** What a person does with the keyboard in hand, best way first. */
export function Instructions({
  title,
  lines,
}: {
  readonly title: string;
  readonly lines: readonly string[];
}) {
  if (lines.length === 0) return null;
  return (
    <div className={styles.box}>
      <h3 className={styles.title}>{title}</h3>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{sayIn('enter', line)}</li>
        ))}
      </ul>
    </div>
  );
}

import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { editorPath } from '../frame/navigation.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { KeyboardPicture } from './keyboard-picture.tsx';
import styles from './recent-keyboards.module.css';

/** What was worked on lately, one click away. */
export function RecentKeyboards() {
  const { t } = useTranslation();
  const recent = useWorkspace(({ recent }) => recent);
  if (recent.length === 0) return null;
  return (
    <section aria-labelledby="recent-keyboards">
      <h2 id="recent-keyboards" className={styles.title}>
        {t('keyboards.recent')}
      </h2>
      <ul className={styles.cards}>
        {recent.slice(0, 4).map(({ tree, keyboard }) => (
          <li key={`${tree} ${keyboard}`}>
            <Link className={styles.card} href={editorPath(tree, keyboard)}>
              <span className={styles.picture}>
                <KeyboardPicture tree={tree} keyboard={keyboard} />
              </span>
              <code className={styles.name}>{keyboard}</code>
              <span className={styles.tree}>{tree}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

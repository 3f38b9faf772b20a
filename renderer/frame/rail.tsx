import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useWorkspace } from '../workspace/workspace.ts';
import { editorPath, RAIL, type RailItem } from './navigation.ts';
import styles from './rail.module.css';

/** The pages, as icon and word; the editor's leads to the keyboard that is being worked on. */
export function Rail() {
  const { t } = useTranslation();
  return (
    <nav className={styles.rail} aria-label={t('frame.nav.label')}>
      <ul>
        {RAIL.filter(({ isFoot }) => !isFoot).map((item) => (
          <Item key={item.name} item={item} />
        ))}
      </ul>
      <ul>
        {RAIL.filter(({ isFoot }) => isFoot).map((item) => (
          <Item key={item.name} item={item} />
        ))}
      </ul>
    </nav>
  );
}

function Item({ item: { name, path, icon: Icon } }: { readonly item: RailItem }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const current = useWorkspace(({ current }) => current);
  const target =
    name === 'editor' && current !== null ? editorPath(current.tree, current.keyboard) : path;
  const isHere = location === path || location.startsWith(`${path}/`);
  return (
    <li>
      <Link href={target} className={styles.item} aria-current={isHere ? 'page' : undefined}>
        <Icon aria-hidden="true" />
        <span>{t(`frame.nav.${name}`)}</span>
      </Link>
    </li>
  );
}

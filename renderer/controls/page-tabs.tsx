import { Link } from 'wouter';
import styles from './page-tabs.module.css';

export interface PageTab {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The parts of a page, each with an address of its own: links, so that Back and bookmarks work. */
export function PageTabs({
  tabs,
  current,
  label,
}: {
  readonly tabs: readonly PageTab[];
  /** The name of the one that is shown. */
  readonly current: string;
  readonly label: string;
}) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ name, path, text }) => (
        <Link
          key={name}
          href={path}
          className={styles.tab}
          aria-current={name === current ? 'page' : undefined}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}

import { CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import mark from '../controls/mark.module.css';
import type { TestVerdict } from './test-builds.ts';
import styles from './verdict-mark.module.css';

const ICONS = {
  failing: CircleAlert,
  warning: TriangleAlert,
  passing: CircleCheck,
  untested: CircleDashed,
};

/** A verdict as icon and word. */
export function VerdictMark({ verdict }: { readonly verdict: TestVerdict }) {
  const { t } = useTranslation();
  const Icon = ICONS[verdict];
  return (
    <span className={`${mark.mark} ${styles[verdict]}`}>
      <Icon aria-hidden="true" />
      {t(`service.tests.verdict.${verdict}`)}
    </span>
  );
}

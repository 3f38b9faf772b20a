import { Equal, GitCompareArrows } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams } from 'wouter';
import { useKeyboard } from '../api/keyboards.ts';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { Thumbnail } from '../drawing/thumbnail.tsx';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { formatTime } from '../i18n/format.ts';
import styles from './compare-page.module.css';
import { type Job, useJob } from './follow-job.ts';
import { useHistory } from './history.ts';
import { type KeyDifference, keyDifferences, memberDifferences } from './keymap-difference.ts';
import { useKeymapOfBuild } from './keymap-of-build.ts';
import type { KeymapFile } from './start-build.ts';

/** `/compare/<build>` and `/compare/<build>/<other>`: what differs between the keymaps of two builds. */
export default function ComparePage() {
  const { t } = useTranslation();
  const { one, other } = useParams<{ one: string; other?: string }>();
  const first = useJob(one);
  return (
    <>
      <PageTitle title={t('builds.compareTitle')} />
      <SessionGate>
        <div className={styles.page}>
          {first.error !== null && <ErrorNotice error={first.error} />}
          {first.data !== undefined && (
            <>
              <Choice build={first.data} other={other ?? null} />
              {other === undefined ? (
                <EmptyState icon={GitCompareArrows} title={t('builds.compareNone')}>
                  {t('builds.compareNoneBody')}
                </EmptyState>
              ) : (
                <Comparison one={first.data} other={other} />
              )}
            </>
          )}
        </div>
      </SessionGate>
    </>
  );
}

function describe({ build, createdAt }: Job): string {
  return `${build?.keyboard ?? ''} · ${build?.keymap ?? ''} · ${formatTime(createdAt)}`;
}

/** The other builds of the same keyboard. */
function Choice({ build, other }: { readonly build: Job; readonly other: string | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { data } = useHistory({ text: build.build?.keyboard ?? '', outcome: '', pinned: false });
  const others = (data?.pages.flatMap((page) => page.builds) ?? []).filter(
    ({ id, state }) => id !== build.id && state === 'finished',
  );
  return (
    <div className={styles.choice}>
      <p className={styles.one}>{describe(build)}</p>
      <GitCompareArrows aria-hidden="true" />
      <select
        className={styles.select}
        aria-label={t('builds.compareWith')}
        value={other ?? ''}
        onChange={(event) => navigate(`/compare/${build.id}/${event.target.value}`)}
      >
        <option value="" disabled>
          {t('builds.compareWith')}
        </option>
        {others.map((job) => (
          <option key={job.id} value={job.id}>
            {describe(job)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Comparison({ one, other }: { readonly one: Job; readonly other: string }) {
  const { t } = useTranslation();
  const before = useKeymapOfBuild(one.id);
  const after = useKeymapOfBuild(other);
  const error = before.error ?? after.error;
  if (error !== null) return <ErrorNotice error={error} />;
  if (before.data === undefined || after.data === undefined) return null;
  const differences = keyDifferences(before.data, after.data);
  const members = memberDifferences(before.data, after.data);
  if (differences.length === 0 && members.length === 0) {
    return (
      <EmptyState icon={Equal} title={t('builds.compareSame')}>
        {t('builds.compareSameBody')}
      </EmptyState>
    );
  }
  const layers = [...new Set(differences.map(({ layer }) => layer))];
  return (
    <>
      {members.length > 0 && (
        <Notice tone="info" title={t('builds.compareMembers')}>
          <p>
            <code>{members.join(', ')}</code>
          </p>
        </Notice>
      )}
      {layers.map((layer) => (
        <Layer
          key={layer}
          layer={layer}
          tree={one.build?.tree ?? ''}
          keymap={before.data}
          differences={differences.filter((difference) => difference.layer === layer)}
        />
      ))}
    </>
  );
}

function Layer({
  layer,
  tree,
  keymap,
  differences,
}: {
  readonly layer: number;
  readonly tree: string;
  readonly keymap: KeymapFile;
  readonly differences: readonly KeyDifference[];
}) {
  const { t } = useTranslation();
  const { data } = useKeyboard(tree, keymap.keyboard);
  const layout = data?.layout_aliases?.[keymap.layout] ?? keymap.layout;
  const keys = data?.layouts[layout]?.layout;
  return (
    <section className={styles.layer} aria-label={t('builds.compareLayer', { layer })}>
      <h2 className={styles.heading}>{t('builds.compareLayer', { layer })}</h2>
      {keys !== undefined && (
        <div className={styles.board}>
          <Thumbnail keys={keys} marked={new Set(differences.map(({ index }) => index))} />
        </div>
      )}
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('builds.compareKey')}</th>
            <th scope="col">{t('builds.compareBefore')}</th>
            <th scope="col">{t('builds.compareAfter')}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ index, from, to }) => (
            <tr key={index}>
              <td>{index}</td>
              <td>
                <code>{from ?? '–'}</code>
              </td>
              <td>
                <code>{to ?? '–'}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

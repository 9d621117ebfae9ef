import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { Initiative } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { StageMark } from '../../ui/Stage.js';
import { longFrom_days, longOverMedian, movedBackWithin_days, type NeedsAttention, type Reason } from './attention.js';
import classes from './AttentionPanel.module.css';

const shownMax = 10;

const ReasonText = ({ reason }: { reason: Reason }) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const days = format.number(reason.days);
  switch (reason.kind) {
    case 'moved-back':
      return t('district.attention.movedBack', { from: t(`stage.${reason.from}`), to: t(`stage.${reason.to}`), count: reason.days, days });
    case 'paused':
      return t('district.attention.paused', { stage: t(`stage.${reason.stage}`), count: reason.days, days });
    case 'long':
      return t('district.attention.long', { stage: t(`stage.${reason.stage}`), count: reason.days, days, median: format.number(reason.median) });
  }
};

interface Props {
  readonly initiative: Initiative;
  readonly entries: readonly NeedsAttention[];
  readonly failed: unknown;
}

/** At most ten schools, each with its reasons in words, and how they were chosen. */
export const AttentionPanel = ({ initiative, entries, failed }: Props) => {
  const { t } = useTranslation();
  const { district } = useDistrict();
  const params = { district: district.districtId };
  const all = (
    <Link className="no-print" to="/d/$district" params={params} hash="schools" search={(now) => ({ ...now, attention: 'yes' as const, stage: undefined, status: undefined, q: undefined })}>
      {t('district.attention.all', { count: entries.length })}
    </Link>
  );
  return (
    <Panel title={t('district.attention.title')} aside={entries.length > shownMax && all}>
      {failed !== null && failed !== undefined && <ProblemNotice error={failed} of="read" />}
      {entries.length === 0 ? (
        <p className="dim">{t('district.attention.none', { initiative: initiative.name })}</p>
      ) : (
        <ol className={classes['list']}>
          {entries.slice(0, shownMax).map(({ row, reasons }) => (
            <li key={row.schoolId}>
              <StageMark stage={row.stage ?? 'not-started'} />
              <span>
                <Link to="/d/$district/schools/$schoolId" params={{ ...params, schoolId: row.schoolId }}>{row.name}</Link>
                {reasons.map((reason) => (
                  <span key={reason.kind} className={classes['reason']}><ReasonText reason={reason} /></span>
                ))}
              </span>
            </li>
          ))}
        </ol>
      )}
      <details className={classes['how']}>
        <summary>{t('district.attention.how')}</summary>
        <p><Trans i18nKey="district.attention.howText" values={{ days: longFrom_days, factor: longOverMedian, within: movedBackWithin_days }} /></p>
      </details>
    </Panel>
  );
};

import type { Stage } from '@cairn/contracts';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { useRights } from '../../app/use-rights.js';
import { dayOf, daysBetween } from '../../lib/zone.js';
import { FactMark } from './FactMark.js';
import { OverLine } from './OverLine.js';
import { CorrectionForm } from './CorrectionForm.js';
import { canCorrect, type Line, type SchoolRecord } from './record.js';
import classes from './Timeline.module.css';
import { useFactWords, usePeople } from './use-fact-words.js';

const route = getRouteApi('/signed-in/d/$district/schools/$schoolId');

interface Props {
  readonly line: Line;
  readonly schoolId: string;
  readonly record: SchoolRecord;
  readonly showInitiative: boolean;
}

/** How many days later than it happened a fact was recorded; less than two is not worth a word. */
const lateFrom_days = 2;

export const FactLine = ({ line, schoolId, record, showInitiative }: Props) => {
  const { t } = useTranslation();
  const { zone, format, initiatives, past } = useDistrict();
  const search = route.useSearch();
  const words = useFactWords();
  const personOf = usePeople();
  const { mayRecord } = useRights();
  const { item, kind, standing, over, newest } = line;
  const initiative = initiatives.find((entry) => entry.initiativeId === item.initiativeId);
  const original = item.data as { reason?: string; evidence?: string };
  const late = daysBetween(dayOf(item.occurredAt, zone), dayOf(item.recordedAt, zone));
  const changed = kind !== undefined && (!standing || over.some((entry) => !entry.undone && entry.entry.entry === 'correction'));
  const said = kind ? words.fact(kind, item.data) : words.roster(item);
  const now = kind && standing ? words.fact(kind, standing) : undefined;
  const shown = standing ?? original;
  const open = search.correct === newest ? 'correct' : search.withdraw === newest ? 'withdraw' : undefined;
  const actionable = kind && mayRecord && !past && canCorrect(record.byInitiative.get(item.initiativeId ?? ''), newest);
  const lastOver = over.findLast((entry) => !entry.undone && !entry.undoes);
  const undo = lastOver ? (lastOver.entry.entry === 'withdrawal' ? 'standAgain' : 'withdrawCorrection') : 'withdraw';

  return (
    <li className={classes['line']} data-withdrawn={(kind && !standing) || undefined} id={`fact-${item.eventId}`} tabIndex={-1}>
      <div className={classes['when']}>
        <time dateTime={line.occurredAt}>{format.date(line.occurredAt)}</time>
        {changed && standing && standing.occurredAt !== item.occurredAt && <s>{format.date(item.occurredAt)}</s>}
      </div>
      <div className={classes['dot']}><FactMark kind={kind} to={standing?.to ?? (item.data['to'] as Stage | undefined)} /></div>
      <div className={classes['what']}>
        <p className={classes['said']}>
          {!standing && kind ? <s>{said}</s> : now && now !== said ? <><span>{now}</span> <s>{said}</s></> : <span>{said}</span>}
          {showInitiative && initiative && <span className={classes['initiative']}>{initiative.name}</span>}
          {kind && late >= lateFrom_days && <span className={classes['late']}>{t('fact.late', { count: late })}</span>}
        </p>
        {shown.evidence && <p className={classes['note']}>{t('fact.evidence', { text: shown.evidence })}</p>}
        {shown.reason && <p className={classes['note']}>{t('fact.reason', { text: shown.reason })}</p>}
        <p className={classes['by']}>
          {late >= lateFrom_days
            ? t('fact.bothDates', { occurred: format.date(item.occurredAt), recorded: format.date(item.recordedAt), person: personOf(item.actor) })
            : t('fact.recordedBy', { recorded: format.date(item.recordedAt), person: personOf(item.actor) })}
          {item.onBehalfOf && <> {t('fact.onBehalfOf', { person: personOf(item.onBehalfOf) })}</>}
        </p>
        {over.map((entry) => <OverLine key={entry.item.eventId} over={entry} />)}
        {actionable && !open && (
          <p className={classes['actions']}>
            {standing && (
              <Link to="." resetScroll={false} search={(at) => ({ ...at, correct: newest, withdraw: undefined, do: undefined })}>
                {t('fact.action.correct')}
              </Link>
            )}
            <Link to="." resetScroll={false} search={(at) => ({ ...at, withdraw: newest, correct: undefined, do: undefined })}>
              {t(`fact.action.${undo}`)}
            </Link>
          </p>
        )}
        {actionable && open && item.initiativeId && (
          <CorrectionForm
            key={`${open}${newest}`}
            mode={open}
            undo={undo}
            line={line}
            schoolId={schoolId}
            initiativeId={item.initiativeId}
            version={record.byInitiative.get(item.initiativeId)?.version ?? 0}
          />
        )}
      </div>
    </li>
  );
};

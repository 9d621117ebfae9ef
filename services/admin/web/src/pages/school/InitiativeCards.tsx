import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { dayOf, daysBetween, endOfDay } from '../../lib/zone.js';
import { stages } from '../../lib/stages.js';
import { StageName, StatusName } from '../../ui/Stage.js';
import { stateOf, type SchoolRecord } from './record.js';
import classes from './School.module.css';

/** Where the school stands in each initiative. A card chooses the initiative that is recorded for. */
export const InitiativeCards = ({ record }: { record: SchoolRecord }) => {
  const { t } = useTranslation();
  const { initiatives, initiative, zone, day, at, format } = useDistrict();
  const until = at.effective && at.effective.length > 10 ? Date.parse(at.effective) : endOfDay(day, zone);
  return (
    <ul className={classes['cards']}>
      {initiatives.map((entry) => {
        const state = stateOf(record.byInitiative.get(entry.initiativeId), until);
        const stage = state.status === 'not-started' ? null : state.stage;
        return (
          <li key={entry.initiativeId}>
            <Link
              to="."
              search={(now) => ({ ...now, initiative: entry.initiativeId, do: undefined, correct: undefined, withdraw: undefined })}
              resetScroll={false}
              className={classes['card']}
              activeProps={{ 'aria-current': undefined }}
              data-chosen={entry.initiativeId === initiative?.initiativeId || undefined}
            >
              <span className={classes['cardName']}>{entry.name}</span>
              <span className={classes['cardStage']}>
                <StageName stage={stage} />
                {(state.status === 'paused' || state.status === 'abandoned') && <StatusName status={state.status} />}
              </span>
              <span className={classes['steps']} aria-hidden="true">
                {stages.map((step) => <i key={step} data-stage={step} data-reached={(stage !== null && stages.indexOf(step) <= stages.indexOf(stage)) || undefined} />)}
              </span>
              <span className={classes['cardSince']}>
                {state.status === 'not-started'
                  ? t('school.notStarted')
                  : t('school.inStage', { count: daysBetween(dayOf(state.stageSince, zone), day), date: format.date(state.stageSince) })}
                {(state.status === 'paused' || state.status === 'abandoned') && (
                  <span>{t(`school.${state.status}Since`, { date: format.date(state.statusSince) })}</span>
                )}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
};

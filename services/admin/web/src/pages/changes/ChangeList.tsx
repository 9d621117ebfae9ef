import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { Change, StandingOfSchool } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { stageKeyOf, stageRank } from '../../lib/stages.js';
import { dayOf, daysBetween } from '../../lib/zone.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { Icon } from '../../ui/Icon.js';
import { StageName, StatusName } from '../../ui/Stage.js';
import { firstRows, useShowAll } from '../../ui/use-show-all.js';
import classes from './Changes.module.css';
import { useClassWords } from './class-words.js';
import { useEventWords } from './event-words.js';

/** From how many days between the two dates both are said. */
const lateFrom_days = 2;

const Standing = ({ of, beside }: { of: StandingOfSchool | null; beside: StandingOfSchool | null }) => {
  const { t } = useTranslation();
  if (!of) return <span className="dim">{t('changes.notOpen')}</span>;
  if (beside && beside.stage === of.stage && beside.status === of.status && beside.name !== of.name) return <span>{of.name}</span>;
  return (
    <span className={classes['standing']}>
      <StageName stage={of.stage} />
      {(of.status === 'paused' || of.status === 'abandoned') && <StatusName status={of.status} />}
    </span>
  );
};

/** Name, stage and status; empty for a school that was not open. */
const standingCells = (of: StandingOfSchool | null): readonly (string | null)[] => (of ? [of.name, of.stage ?? 'not-started', of.status] : [null, null, null]);

const Item = ({ item }: { item: Change }) => {
  const { t } = useTranslation();
  const { district, format, zone } = useDistrict();
  const words = useClassWords();
  const eventWords = useEventWords();
  const back = item.before && item.after && stageRank(stageKeyOf(item.after.stage)) < stageRank(stageKeyOf(item.before.stage));
  return (
    <li className={classes['item']}>
      <span className={classes['school']}>
        <Link to="/d/$district/schools/$schoolId" params={{ district: district.districtId, schoolId: item.schoolId }}>{item.name}</Link>
      </span>
      <span className={classes['step']}>
        <Standing of={item.before} beside={item.after} />
        <Icon name="right" size={16} />
        <span className={classes['visually']}>{t('changes.then')}</span>
        <Standing of={item.after} beside={item.before} />
        {back && <span className={classes['back']}>{t('changes.movedBack')}</span>}
      </span>
      <span className={classes['class']}>{words.name(item.class)}</span>
      <ul className={classes['events']}>
        {item.events.map((event) => (
          <li key={event.eventId}>
            {t(daysBetween(dayOf(event.occurredAt, zone), dayOf(event.recordedAt, zone)) < lateFrom_days ? 'changes.event' : 'changes.lateEvent', {
              what: eventWords(event.type),
              occurred: format.date(event.occurredAt),
              recorded: format.date(event.recordedAt),
            })}
          </li>
        ))}
      </ul>
    </li>
  );
};

/** Each change as a line: which school, from what to what, of which class, and the events behind it. */
export const ChangeList = ({ items, all }: { items: readonly Change[]; all: boolean }) => {
  const { t } = useTranslation();
  const { district, initiative, zone } = useDistrict();
  const navigate = useNavigate({ from: '/d/$district/changes' });
  const { list, asked } = useShowAll<HTMLOListElement>();
  if (items.length === 0) return <p className="dim">{t('changes.none')}</p>;
  return (
    <>
      <ol className={classes['list']} ref={list}>
        {(all ? items : items.slice(0, firstRows)).map((item) => (
          <Item key={`${item.schoolId}${item.class}${item.events[0]?.eventId ?? ''}`} item={item} />
        ))}
      </ol>
      <div className={classes['after']}>
        {!all && items.length > firstRows && (
          <>
            <span>{t('changes.first', { shown: firstRows, count: items.length })}</span>
            <Button
              className="no-print"
              variant="default"
              size="xs"
              onClick={() => {
                asked();
                void navigate({ search: (now) => ({ ...now, rows: 'all' as const }), replace: true, resetScroll: false });
              }}
            >
              {t('showAll', { count: items.length })}
            </Button>
          </>
        )}
        <CsvButton
          name={`${district.districtId}-${initiative?.initiativeId ?? ''}-changes`}
          header={['school_id', 'school', 'class', 'name_before', 'stage_before', 'status_before', 'name_after', 'stage_after', 'status_after', 'events', 'event_ids']}
          rows={() =>
            items.map((item) => [
              item.schoolId,
              item.name,
              item.class,
              ...standingCells(item.before),
              ...standingCells(item.after),
              item.events.map((event) => `${event.type} ${dayOf(event.occurredAt, zone)}, recorded ${dayOf(event.recordedAt, zone)}`).join('; '),
              item.events.map((event) => event.eventId).join(' '),
            ])
          }
        />
      </div>
    </>
  );
};

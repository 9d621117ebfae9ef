import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Change, StandingOfSchool } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { stageKeyOf, stageRank } from '../../lib/stages.js';
import { dayOf, daysBetween } from '../../lib/zone.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { Icon } from '../../ui/Icon.js';
import { StageName, StatusName } from '../../ui/Stage.js';
import classes from './Changes.module.css';
import { useClassWords } from './class-words.js';
import { useEventWords } from './event-words.js';

const step = 100;

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
export const ChangeList = ({ items }: { items: readonly Change[] }) => {
  const { t } = useTranslation();
  const { district, initiative } = useDistrict();
  const [shown, setShown] = useState(step);
  if (items.length === 0) return <p className="dim">{t('changes.none')}</p>;
  return (
    <>
      <ol className={classes['list']}>
        {items.slice(0, shown).map((item) => (
          <Item key={`${item.schoolId}${item.class}${item.events[0]?.eventId ?? ''}`} item={item} />
        ))}
      </ol>
      <div className={classes['after']}>
        {items.length > shown && (
          <Button variant="default" size="xs" onClick={() => setShown((now) => now + step)}>
            {t('changes.more', { count: Math.min(step, items.length - shown) })}
          </Button>
        )}
        <CsvButton
          name={`${district.districtId}-${initiative?.initiativeId ?? ''}-changes`}
          header={['school_id', 'school', 'class', 'stage_before', 'status_before', 'stage_after', 'status_after', 'event_ids']}
          rows={() =>
            items.map((item) => [item.schoolId, item.name, item.class, item.before?.stage, item.before?.status, item.after?.stage, item.after?.status, item.events.map((event) => event.eventId).join(' ')])
          }
        />
      </div>
    </>
  );
};

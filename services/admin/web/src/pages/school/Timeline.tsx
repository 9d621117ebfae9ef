import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { dayOf, schoolYearOf } from '../../lib/zone.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { Panel } from '../../ui/Panel.js';
import { FactLine } from './FactLine.js';
import type { Line, SchoolRecord } from './record.js';
import classes from './Timeline.module.css';

const route = getRouteApi('/signed-in/d/$district/schools/$schoolId');

/** Every fact, newest first, grouped by school year. It shows the chosen initiative and the roster, or all. */
export const Timeline = ({ record, schoolId }: { record: SchoolRecord; schoolId: string }) => {
  const { t } = useTranslation();
  const { district, zone, initiative, initiatives } = useDistrict();
  const all = route.useSearch().facts === 'all';
  const lines = useMemo(
    () => record.lines.filter((line) => all || !line.item.initiativeId || line.item.initiativeId === initiative?.initiativeId),
    [record.lines, all, initiative],
  );
  const years = useMemo(() => {
    const groups = new Map<number, Line[]>();
    for (const line of lines) {
      const year = schoolYearOf(dayOf(line.occurredAt, zone), district.schoolYearFirstMonth);
      groups.set(year, [...(groups.get(year) ?? []), line]);
    }
    return [...groups];
  }, [lines, zone, district.schoolYearFirstMonth]);
  const items = lines.flatMap((line) => [line.item, ...line.over.map((entry) => entry.item)]);

  return (
    <Panel
      title={t('school.timeline.title')}
      aside={
        <div className={classes['tools']}>
          {initiatives.length > 1 && (
            <Button
              className="no-print"
              variant="default"
              size="xs"
              renderRoot={(props) => <Link to="." search={(now) => ({ ...now, facts: all ? undefined : ('all' as const) })} resetScroll={false} {...props} />}
            >
              {all ? t('school.timeline.onlyOne', { initiative: initiative?.name }) : t('school.timeline.all')}
            </Button>
          )}
          <CsvButton
            name={`${district.districtId}-${schoolId}-history`}
            header={['event_id', 'type', 'initiative_id', 'version', 'occurred_at', 'recorded_at', 'actor', 'on_behalf_of', 'corrects', 'data']}
            rows={() =>
              items.map((item) => [item.eventId, item.type, item.initiativeId, item.version, item.occurredAt, item.recordedAt, item.actor, item.onBehalfOf, item.corrects, JSON.stringify(item.data)])
            }
          />
        </div>
      }
    >
      {years.length === 0 && <p className="dim">{t('school.timeline.empty')}</p>}
      {years.map(([year, group]) => (
        <section key={year} className={classes['year']}>
          <h3>{t('school.timeline.year', { from: year, to: String(year + 1).slice(2) })}</h3>
          <ol className={classes['lines']}>
            {group.map((line) => (
              <FactLine key={line.item.eventId} line={line} schoolId={schoolId} record={record} showInitiative={all} />
            ))}
          </ol>
        </section>
      ))}
    </Panel>
  );
};

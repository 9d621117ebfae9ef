import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Adoption, Initiative } from '../../api/types.js';
import type { OverviewSearch, SortColumn } from '../../app/search.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { dayOf } from '../../lib/zone.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { Icon } from '../../ui/Icon.js';
import { Panel } from '../../ui/Panel.js';
import { StageName, StatusName } from '../../ui/Stage.js';
import { firstRows, useShowAll } from '../../ui/use-show-all.js';
import { FilterChips } from './FilterChips.js';
import { filterRows, sortRows } from './rows.js';
import classes from './SchoolTable.module.css';

interface Props {
  readonly adoption: Adoption;
  readonly initiative: Initiative;
  readonly search: OverviewSearch;
  readonly flagged: ReadonlySet<string>;
  /** The rows still are those of the point in time that was shown before. */
  readonly stale: boolean;
}

const columns: readonly { column: SortColumn; first: 'asc' | 'desc'; number?: boolean }[] = [
  { column: 'name', first: 'asc' },
  { column: 'stage', first: 'desc' },
  { column: 'status', first: 'desc' },
  { column: 'since', first: 'asc' },
  { column: 'days', first: 'desc', number: true },
];

/** The schools at the chosen point in time, the first of them until all are wanted. Filter, order and length stand in the address; the CSV always holds all that match. */
export const SchoolTable = ({ adoption, initiative, search, flagged, stale }: Props) => {
  const { t } = useTranslation();
  const { district, zone, format, day } = useDistrict();
  const navigate = useNavigate({ from: '/d/$district/' });
  const { list, asked } = useShowAll<HTMLTableSectionElement>();
  useEffect(() => {
    // The table comes after its data, too late for the browser to find the place that the address names.
    if (window.location.hash === '#schools') document.getElementById('schools')?.scrollIntoView();
  }, []);
  const sort = search.sort ?? 'name';
  const order = search.order ?? 'asc';
  const rows = useMemo(() => sortRows(filterRows(adoption.schools, search, flagged), sort, order), [adoption.schools, search, flagged, sort, order]);

  const change = (to: Partial<OverviewSearch>): void => void navigate({ search: (now) => ({ ...now, ...to }), replace: true, resetScroll: false });
  const onSort = (column: SortColumn, first: 'asc' | 'desc'): void =>
    change({ sort: column, order: column === sort ? (order === 'asc' ? 'desc' : 'asc') : first });

  return (
    <Panel
      id="schools"
      title={t('district.table.title')}
      aside={
        <div className={classes['tools']}>
          <TextInput
            className="no-print"
            size="xs"
            type="search"
            aria-label={t('district.table.find')}
            placeholder={t('district.table.find')}
            leftSection={<Icon name="search" size={16} />}
            value={search.q ?? ''}
            onChange={(event) => change({ q: event.currentTarget.value || undefined })}
          />
          <CsvButton
            name={`${district.districtId}-${initiative.initiativeId}-${day}`}
            header={['school_id', 'school', 'stage', 'status', 'in_stage_since', 'days_in_stage', 'effective', 'recorded', 'position']}
            rows={() =>
              rows.map((row) => [row.schoolId, row.name, row.stage ?? 'not-started', row.status, row.since ? dayOf(row.since, zone) : null, row.daysInStage, adoption.effective, adoption.recorded, adoption.position])
            }
          />
        </div>
      }
    >
      <FilterChips search={search} shown={rows.length} total={adoption.schools.length} onChange={change} />
      <div className={classes['scroll']} aria-busy={stale} data-stale={stale || undefined}>
        <table className={classes['table']}>
          <thead>
            <tr>
              {columns.map(({ column, first, number }) => (
                <th key={column} scope="col" data-column={column} data-number={number} aria-sort={column === sort ? (order === 'asc' ? 'ascending' : 'descending') : undefined}>
                  <button type="button" onClick={() => onSort(column, first)}>
                    {t(`district.table.${column}`)}
                    {column === sort && <Icon name={order === 'asc' ? 'up' : 'down'} size={14} />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={list}>
            {(search.rows === 'all' ? rows : rows.slice(0, firstRows)).map((row) => (
              <tr key={row.schoolId}>
                <th scope="row" data-column="name">
                  <Link to="/d/$district/schools/$schoolId" params={{ district: district.districtId, schoolId: row.schoolId }}>{row.name}</Link>
                </th>
                <td data-column="stage"><StageName stage={row.stage} /></td>
                <td data-column="status"><StatusName status={row.status} /></td>
                <td data-column="since">{row.since ? format.date(row.since) : <span className="dim">{t('none')}</span>}</td>
                <td data-column="days" data-number>{row.daysInStage === null ? <span className="dim">{t('none')}</span> : format.number(row.daysInStage)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className={classes['empty']}>{t('district.table.empty')}</p>}
      {search.rows !== 'all' && rows.length > firstRows && (
        <p className={classes['more']}>
          <span>{t('district.table.first', { shown: firstRows, count: rows.length })}</span>
          <Button
            className="no-print"
            variant="default"
            onClick={() => {
              asked();
              change({ rows: 'all' });
            }}
          >
            {t('showAll', { count: rows.length })}
          </Button>
        </p>
      )}
    </Panel>
  );
};

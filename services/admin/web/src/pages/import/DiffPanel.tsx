import { useTranslation } from 'react-i18next';

import type { RosterDiff } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { Panel } from '../../ui/Panel.js';
import classes from './Import.module.css';

const shownMax = 500;

interface GroupProps {
  readonly name: 'opened' | 'renamed' | 'changed' | 'closing' | 'rejected';
  readonly rows: readonly { key: string; cells: readonly (string | number)[] }[];
  readonly heads: readonly string[];
}

const Group = ({ name, rows, heads }: GroupProps) => {
  const { t } = useTranslation();
  const { district, format } = useDistrict();
  const head = (
    <>
      <b className="numbers">{format.number(rows.length)}</b> {t(`import.group.${name}`, { count: rows.length })}
    </>
  );
  if (rows.length === 0) return <p className={classes['none']}>{head}</p>;
  return (
    <details className={classes['group']} data-group={name} open={rows.length <= 12 || name === 'rejected'}>
      <summary>{head}</summary>
      <div className={classes['help']}>
        <p className="dim">{t(`import.groupHelp.${name}`)}</p>
        <CsvButton name={`${district.districtId}-roster-${name}`} header={heads} rows={() => rows.map((row) => row.cells)} />
      </div>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={t(`import.group.${name}`, { count: rows.length })}>
        <table>
          <thead>
            <tr>{heads.map((text) => <th key={text} scope="col">{text}</th>)}</tr>
          </thead>
          <tbody>
            {rows.slice(0, shownMax).map((row) => (
              <tr key={row.key}>{row.cells.map((cell, index) => <td key={index}>{cell}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shownMax && <p className="dim">{t('import.moreRows', { count: rows.length - shownMax })}</p>}
    </details>
  );
};

const idsOf = (ids: readonly { scheme: string; value: string }[]): string => ids.map((id) => `${id.scheme} ${id.value}`).join(', ');
const shown = (value: unknown): string => (value === undefined || value === null || value === '' ? '–' : String(value));

/** The heart of the import: what the file would change, counts first, each group to fold out. */
export const DiffPanel = ({ diff }: { diff: RosterDiff }) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const { line, school, ids, reason, column, change } = {
    line: t('import.head.line'),
    school: t('import.head.school'),
    ids: t('import.head.ids'),
    reason: t('import.head.reason'),
    column: t('import.head.column'),
    change: t('import.head.change'),
  };
  return (
    <Panel title={t('import.diff.title')}>
      <div className={classes['groups']}>
        <Group
          name="opened"
          heads={[line, school, ids]}
          rows={diff.opened.map((row) => ({ key: `${row.line}`, cells: [row.line, row.reopened ? t('import.reopened', { name: row.name }) : row.name, idsOf(row.externalIds)] }))}
        />
        <Group
          name="renamed"
          heads={[line, t('import.head.from'), t('import.head.to')]}
          rows={diff.renamed.map((row) => ({ key: row.schoolId, cells: [row.line, row.from, row.to] }))}
        />
        <Group
          name="changed"
          heads={[line, school, change]}
          rows={diff.changed.map((row) => ({
            key: row.schoolId,
            cells: [
              row.line,
              row.name,
              row.changes.map((entry) => t('import.change', { field: entry.field, from: shown(entry.from), to: shown(entry.to) })).join('; '),
            ],
          }))}
        />
        <Group
          name="closing"
          heads={[school, ids, reason]}
          rows={diff.closingCandidates.map((row) => ({ key: row.schoolId, cells: [row.name, idsOf(row.externalIds), row.reason ?? '–'] }))}
        />
        <Group
          name="rejected"
          heads={[line, column, reason]}
          rows={diff.rejected.map((row, index) => ({ key: `${row.line}-${row.column ?? ''}-${index}`, cells: [row.line, row.column ?? '–', row.reason] }))}
        />
        <p className={classes['none']}><b className="numbers">{format.number(diff.unchanged)}</b> {t('import.unchanged', { count: diff.unchanged })}</p>
        {diff.unknownColumns.length > 0 && <p className="dim">{t('import.unknownColumns', { count: diff.unknownColumns.length, columns: diff.unknownColumns.join(', ') })}</p>}
      </div>
    </Panel>
  );
};

import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { Icon } from '../../ui/Icon.js';
import { StageName } from '../../ui/Stage.js';
import type { SumOfStage } from './arithmetic.js';
import classes from './Changes.module.css';
import { useClassWords } from './class-words.js';

interface Props {
  readonly rows: readonly SumOfStage[];
  readonly names: readonly string[];
  /** How many more or fewer schools have reached Initial Implementation, abandoned ones left out. */
  readonly reached: number;
}

/** Before, what each class adds or takes, and after, with the check that it adds up. */
export const SumTable = ({ rows, names, reached }: Props) => {
  const { t } = useTranslation();
  const { district, initiative, format } = useDistrict();
  const words = useClassWords();
  const sum = (pick: (row: SumOfStage) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const adds = rows.every((row) => row.adds);
  const delta = (value: number) => <span className={value === 0 ? 'dim' : undefined}>{format.signed(value)}</span>;
  return (
    <>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={t('changes.sums.title')}>
        <table className={classes['sums']}>
          <thead>
            <tr>
              <th scope="col">{t('changes.sums.stage')}</th>
              <th scope="col">{t('changes.before')}</th>
              {names.map((name) => <th key={name} scope="col">{words.name(name)}</th>)}
              <th scope="col">{t('changes.after')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.stage}>
                <th scope="row"><StageName stage={row.stage === 'not-started' ? null : row.stage} /></th>
                <td>{format.number(row.before)}</td>
                {names.map((name) => <td key={name}>{delta(row.byClass.get(name) ?? 0)}</td>)}
                <td><strong>{format.number(row.after)}</strong></td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('changes.sums.schools')}</th>
              <td>{format.number(sum((row) => row.before))}</td>
              {names.map((name) => <td key={name}>{delta(sum((row) => row.byClass.get(name) ?? 0))}</td>)}
              <td><strong>{format.number(sum((row) => row.after))}</strong></td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p className={classes['adds']} data-wrong={!adds || undefined}>
        <Icon name={adds ? 'check' : 'attention'} size={16} />
        {t(adds ? 'changes.sums.adds' : 'changes.sums.doesNotAdd')}
      </p>
      <div className={classes['after']}>
        <span>{t('changes.sums.reached', { difference: format.signed(reached) })}</span>
        <CsvButton
          name={`${district.districtId}-${initiative?.initiativeId ?? ''}-before-and-after`}
          header={['stage', 'before', ...names, 'after']}
          rows={() => rows.map((row) => [row.stage, row.before, ...names.map((name) => row.byClass.get(name) ?? 0), row.after])}
        />
      </div>
    </>
  );
};

import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { RosterDiff } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { Done } from '../../ui/Done.js';
import classes from './Import.module.css';

interface Props {
  readonly result: RosterDiff;
  readonly effective: string;
  readonly onAgain: () => void;
}

export const ResultPanel = ({ result, effective, onAgain }: Props) => {
  const { t } = useTranslation();
  const { district, format, initiative } = useDistrict();
  const counts = [
    { key: 'import.result.opened', count: result.opened.length },
    { key: 'import.result.renamed', count: result.renamed.length },
    { key: 'import.result.changed', count: result.changed.length },
    { key: 'import.result.closed', count: result.closed ?? 0 },
    { key: 'import.result.rejected', count: result.rejected.length },
  ] as const;
  const said = counts.filter(({ count }) => count > 0);
  return (
    <>
      <Done>
        <div>
          <strong>{t('import.result.title', { date: format.date(effective) })}</strong>
          <ul className={classes['counts']}>{said.map(({ key, count }) => <li key={key}>{t(key, { count })}</li>)}</ul>
          <p className="dim">{t('import.result.reference', { id: result.importId })}</p>
        </div>
      </Done>
      <div className={classes['apply']}>
        <Button renderRoot={(props) => <Link to={initiative ? '/d/$district' : '/d/$district/initiatives'} params={{ district: district.districtId }} {...props} />}>
          {t(initiative ? 'import.result.toDistrict' : 'import.result.toInitiatives')}
        </Button>
        <Button variant="default" onClick={onAgain}>{t('import.result.again')}</Button>
      </div>
    </>
  );
};

import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import notice from '../../ui/Notice.module.css';

/** A district without schools: the roster comes first. */
export const NoSchools = () => {
  const { t } = useTranslation();
  const { district, past } = useDistrict();
  return (
    <div className={notice['empty']}>
      <h1>{t(past ? 'empty.noSchoolsThen' : 'empty.noSchools')}</h1>
      <p>{t(past ? 'empty.noSchoolsThenHelp' : 'empty.noSchoolsHelp')}</p>
      {!past && (
        <Button renderRoot={(props) => <Link to="/d/$district/import" params={{ district: district.districtId }} {...props} />}>
          {t('empty.importRoster')}
        </Button>
      )}
    </div>
  );
};

/** Nothing is spread yet: an initiative comes next. */
export const NoInitiative = () => {
  const { t } = useTranslation();
  const { district } = useDistrict();
  return (
    <div className={notice['empty']}>
      <h1>{t('empty.noInitiative')}</h1>
      <p>{t('empty.noInitiativeHelp')}</p>
      <Group justify="center" gap="sm">
        <Button renderRoot={(props) => <Link to="/d/$district/initiatives" params={{ district: district.districtId }} {...props} />}>
          {t('empty.createInitiative')}
        </Button>
        <Button variant="default" renderRoot={(props) => <Link to="/d/$district/import" params={{ district: district.districtId }} {...props} />}>
          {t('empty.importRoster')}
        </Button>
      </Group>
    </div>
  );
};

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { operationsQuery } from '../../api/operations.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { PagePending } from '../../ui/PagePending.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import classes from './Operations.module.css';
import { ParkedPanel } from './ParkedPanel.js';
import { ReadModelsPanel } from './ReadModelsPanel.js';
import { ServicesPanel } from './ServicesPanel.js';
import { stateOf } from './state.js';

/** Whether the platform is well, and what to do where it is not. It looks again by itself. */
export const OperationsPage = () => {
  const { t } = useTranslation();
  const { district, format } = useDistrict();
  const operations = useQuery(operationsQuery);
  usePageTitle(t('place.operations'), district.name);
  if (operations.data === undefined) {
    if (operations.error) return <ProblemNotice error={operations.error} of="read" onRetry={() => void operations.refetch()} />;
    return <PagePending />;
  }
  const { services } = operations.data;
  const state = stateOf(services);
  return (
    <>
      <h1 className={classes['sentence']}>
        {t(`operations.sentence.${state.kind}`, { ready: state.ready, count: services.length })}{' '}
        {state.parked > 0 && t('operations.sentence.parked', { count: state.parked, number: format.number(state.parked) })}
      </h1>
      {operations.error && <ProblemNotice error={operations.error} of="read" onRetry={() => void operations.refetch()} />}
      {state.parked > 0 && services.filter(({ consumer }) => (consumer?.parkedMessages ?? 0) > 0).map((service) => (
        <ParkedPanel key={service.service} service={service.service} count={service.consumer?.parkedMessages ?? 0} />
      ))}
      <ServicesPanel services={services} />
      <ReadModelsPanel services={services} />
    </>
  );
};

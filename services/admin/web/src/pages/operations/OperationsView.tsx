import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { operationsQuery } from '../../api/operations.js';
import { Done } from '../../ui/Done.js';
import { PagePending } from '../../ui/PagePending.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import classes from './Operations.module.css';
import { ParkedPanel } from './ParkedPanel.js';
import { ReadModelsPanel } from './ReadModelsPanel.js';
import { ServicesPanel } from './ServicesPanel.js';
import { stateOf } from './state.js';
import { useOperationsFormat } from './use-operations-format.js';

/** Whether the platform is well, and what to do where it is not. It looks again by itself. */
export const OperationsView = () => {
  const { t } = useTranslation();
  const format = useOperationsFormat();
  const operations = useQuery(operationsQuery);
  // Kept here: with the last message its panel goes, and what was done with it is still to be said.
  const [done, setDone] = useState<{ readonly said: string; readonly turn: number }>();
  if (operations.data === undefined) {
    if (operations.error) return <ProblemNotice error={operations.error} of="read" onRetry={() => void operations.refetch()} />;
    return <PagePending />;
  }
  const { services } = operations.data;
  const state = stateOf(services);
  const say = (said: string): void => setDone((before) => ({ said, turn: (before?.turn ?? 0) + 1 }));
  return (
    <>
      <h1 className={classes['sentence']}>
        {t(`operations.sentence.${state.kind}`, { ready: state.ready, count: services.length })}{' '}
        {state.parked > 0 && t('operations.sentence.parked', { count: state.parked, number: format.number(state.parked) })}
      </h1>
      {operations.error && <ProblemNotice error={operations.error} of="read" onRetry={() => void operations.refetch()} />}
      {done && <Done key={done.turn}><p>{done.said}</p></Done>}
      {state.parked > 0 && services.filter(({ consumer }) => (consumer?.parkedMessages ?? 0) > 0).map((service) => (
        <ParkedPanel key={service.service} service={service.service} count={service.consumer?.parkedMessages ?? 0} onDone={say} />
      ))}
      <ServicesPanel services={services} />
      <ReadModelsPanel services={services} />
    </>
  );
};

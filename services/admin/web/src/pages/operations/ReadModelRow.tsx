import { Button, Progress } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { goBackReadModel, operationsQuery, rebuildReadModel } from '../../api/operations.js';
import type { ReadModelState } from '../../api/operations.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import classes from './Operations.module.css';
import { builtShare } from './state.js';
import { useOperationsFormat } from './use-operations-format.js';

/** One read model; a new generation is built beside the one that is read, so that nothing on other pages waits for it. */
export const ReadModelRow = ({ service, model }: { service: string; model: ReadModelState }) => {
  const { t } = useTranslation();
  const format = useOperationsFormat();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (action: 'rebuild' | 'go-back') => (action === 'rebuild' ? rebuildReadModel : goBackReadModel)(service, model.name),
    onSettled: () => client.invalidateQueries({ queryKey: operationsQuery.queryKey, exact: true }),
  });
  const { building, lastRebuild } = model;
  const share = building && builtShare(building);
  const percent = share === undefined ? undefined : Math.floor(share * 100);
  // Two services may have a read model of one name.
  const name = t('operations.modelOf', { name: model.name, service });
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        {t(model.failure !== undefined ? 'operations.fails' : model.caughtUp ? 'operations.current' : 'operations.catchesUp')}
        {model.failure !== undefined && <p className={classes['reason']}>{model.failure}</p>}
        {building && (
          <div role="status">
            {t('operations.building', { generation: building.generation, percent: percent === undefined ? '' : ` ${percent} %` })}
            {percent !== undefined && <Progress value={percent} aria-label={t('operations.buildingLabel', { name })} mt={4} />}
          </div>
        )}
        {lastRebuild && !building && (
          <p className={classes['note']}>{t('operations.lastRebuild', { count: lastRebuild.rowsDiffer, number: format.number(lastRebuild.rowsDiffer), date: format.date(lastRebuild.at) })}</p>
        )}
        {act.error && <ProblemNotice error={act.error} of="command" />}
      </td>
      <td className={classes['number']}>{t('operations.events', { count: model.lagEvents ?? 0, number: format.number(model.lagEvents ?? 0) })}</td>
      <td className={classes['number']}>{model.generation ?? t('none')}</td>
      <td className={classes['actions']}>
        <Button size="xs" variant="default" disabled={act.isPending || building !== undefined} onClick={() => act.mutate('rebuild')} aria-label={t('operations.rebuildOf', { name })}>
          {t('operations.rebuild')}
        </Button>
        {model.canGoBack && (
          <Button size="xs" variant="subtle" disabled={act.isPending || building !== undefined} onClick={() => act.mutate('go-back')} aria-label={t('operations.goBackOf', { name })}>
            {t('operations.goBack')}
          </Button>
        )}
      </td>
    </tr>
  );
};

import { useTranslation } from 'react-i18next';

import type { ServiceState } from '../../api/operations.js';
import { Panel } from '../../ui/Panel.js';
import classes from './Operations.module.css';
import { ReadModelRow } from './ReadModelRow.js';

/** What is derived from the record: how far it is, and the two things that can be done with it. */
export const ReadModelsPanel = ({ services }: { services: readonly ServiceState[] }) => {
  const { t } = useTranslation();
  const models = services.flatMap(({ service, readModels = [] }) => readModels.map((model) => ({ service, model })));
  if (models.length === 0) return undefined;
  return (
    <Panel title={t('operations.readModels')}>
      <p className="dim">{t('operations.readModelsHelp')}</p>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={t('operations.readModels')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              <th scope="col">{t('operations.readModel')}</th>
              <th scope="col">{t('operations.state')}</th>
              <th scope="col" className={classes['number']}>{t('operations.lag')}</th>
              <th scope="col" className={classes['number']}>{t('operations.generation')}</th>
              <th scope="col"><span className={classes['visually']}>{t('operations.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {models.map(({ service, model }) => <ReadModelRow key={`${service} ${model.name}`} service={service} model={model} />)}
          </tbody>
        </table>
      </div>
    </Panel>
  );
};

import { useTranslation } from 'react-i18next';

import type { ServiceState } from '../../api/operations.js';
import { Icon } from '../../ui/Icon.js';
import { Panel } from '../../ui/Panel.js';
import classes from './Operations.module.css';
import { byKind, reasonsOf } from './state.js';
import { useOperationsFormat } from './use-operations-format.js';

const Well = ({ well, children }: { well: boolean; children: string }) => (
  <span className={classes['state']} data-well={well || undefined}>
    <Icon name={well ? 'check' : 'attention'} size={16} />
    {children}
  </span>
);

/** Each service: whether it answers, what it stands on, and what keeps it from being well. */
export const ServicesPanel = ({ services }: { services: readonly ServiceState[] }) => {
  const { t } = useTranslation();
  const format = useOperationsFormat();
  const toApply = ({ consumer }: ServiceState): string => {
    if (consumer === undefined) return t('none');
    if (consumer.lag === undefined) return t('operations.unknown');
    return consumer.lag === 0 ? t('operations.nothing') : t('operations.messages', { count: consumer.lag, number: format.number(consumer.lag) });
  };
  return (
    <Panel title={t('operations.services')}>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={t('operations.services')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              <th scope="col">{t('operations.service')}</th>
              <th scope="col">{t('operations.state')}</th>
              <th scope="col">{t('operations.engines')}</th>
              <th scope="col" className={classes['number']}>{t('operations.toPublish')}</th>
              <th scope="col" className={classes['number']}>{t('operations.toApply')}</th>
            </tr>
          </thead>
          <tbody>
            {services.map((service) => ({ service, reasons: reasonsOf(service) })).map(({ service, reasons }) => (
              <tr key={service.service}>
                <th scope="row">{service.service}</th>
                <td>
                  <Well well={service.ready}>{t(service.ready ? 'operations.ready' : 'operations.notReady')}</Well>
                  {reasons.map(({ names, reason }) => (
                    <p key={reason} className={classes['reason']}>{t('operations.finding', { name: names.join(', '), reason })}</p>
                  ))}
                </td>
                <td>
                  {byKind(service.engines ?? []).map(({ kind, state, roles, detail }) => (
                    <div key={kind}>
                      <Well well={state === 'up'}>{t(`operations.engine.${kind}`)}</Well>{' '}
                      <span className="dim">{roles.map((role) => t(`operations.role.${role}`)).join(', ')}</span>
                      {detail !== undefined && !reasons.some(({ reason }) => reason === detail) && <p className={classes['reason']}>{detail}</p>}
                    </div>
                  ))}
                </td>
                <td className={classes['number']}>{service.relay ? (service.relay.caughtUp ? t('operations.nothing') : t('operations.behind', { seconds: format.number(Math.ceil(service.relay.behind_ms / 1_000)) })) : t('none')}</td>
                <td className={classes['number']}>{toApply(service)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
};

import { useTranslation } from 'react-i18next';

import type { Initiative } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import type { Offer, Why } from './commands.js';

/** Commands in the words of the domain, and why one is not possible. */
export const useOfferWords = (initiative: Initiative) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const title = (offer: Offer): string =>
    offer.command === 'advance-stage' && offer.to ? t('command.advanceTo', { stage: t(`stage.${offer.to}`) }) : t(`command.${offer.command}`);
  /** The verb on the button. */
  const action = (offer: Offer): string =>
    offer.command === 'advance-stage' && offer.to ? t('command.advanceTo', { stage: t(`stage.${offer.to}`) }) : t(`command.action.${offer.command}`);
  const why = (reason: Why): string => {
    if (reason.key !== 'fidelity') return t(`why.${reason.key}`);
    const values = { count: reason.needed, cut: format.score(initiative.fidelityCut) };
    if (reason.windows.length === 0) return t('why.fidelityNone', values);
    const windows = reason.windows.map((entry) => t('why.window', { window: entry.window, score: format.score(entry.score) })).join('; ');
    return t('why.fidelitySome', { ...values, windows });
  };
  return { title, action, why };
};

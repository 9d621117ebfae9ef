import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import type { Over } from './record.js';
import classes from './Timeline.module.css';
import { useFactWords, usePeople } from './use-fact-words.js';

/**
 * What was recorded over a fact, tied to it: a correction with its values, a withdrawal, or the undoing of either. What was undone
 * stays, struck through.
 */
export const OverLine = ({ over }: { over: Over }) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const words = useFactWords();
  const personOf = usePeople();
  const { item, entry, undone, undoes } = over;
  const what =
    entry.entry === 'correction'
      ? t('fact.corrected', { values: words.corrected(entry.corrected).join('; ') })
      : t(undoes ? `fact.undoes.${undoes}` : 'fact.withdrawn');
  return (
    <div className={classes['over']} id={`fact-${item.eventId}`} data-undone={undone || undefined}>
      <p className={classes['said']}>{undone ? <s>{what}</s> : <span>{what}</span>}</p>
      <p className={classes['note']}>{t('fact.reason', { text: String(item.data['reason'] ?? '') })}</p>
      <p className={classes['by']}>{t('fact.recordedBy', { recorded: format.date(item.recordedAt), person: personOf(item.actor) })}</p>
    </div>
  );
};

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import classes from './Changes.module.css';
import { useClassWords } from './class-words.js';

interface Props {
  readonly counted: readonly { name: string; count: number }[];
  readonly total: number;
  readonly chosen: string | undefined;
}

/** The classes with their counts; one narrows the list to it. */
export const ClassFilter = ({ counted, total, chosen }: Props) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const words = useClassWords();
  const entries = [{ name: undefined, label: t('changes.class.all'), help: '', count: total }, ...counted.map((entry) => ({ ...entry, label: words.name(entry.name), help: words.help(entry.name) }))];
  const help = counted.find((entry) => entry.name === chosen);
  return (
    <>
      <ul className={classes['filter']} aria-label={t('changes.filter')}>
        {entries.map((entry) => (
          <li key={entry.name ?? ''}>
            <Link
              to="."
              search={(now) => ({ ...now, class: entry.name })}
              replace
              resetScroll={false}
              title={entry.help}
              className={classes['chip']}
              activeOptions={{ exact: true, explicitUndefined: true }}
              activeProps={{ 'aria-current': 'true' }}
              data-chosen={entry.name === chosen || undefined}
            >
              {entry.label} <b>{format.number(entry.count)}</b>
            </Link>
          </li>
        ))}
      </ul>
      {help && <p className={classes['help']}>{words.help(help.name)}</p>}
    </>
  );
};

import { useTranslation } from 'react-i18next';

import type { OverviewSearch } from '../../app/search.js';
import { Icon } from '../../ui/Icon.js';
import classes from './FilterChips.module.css';

interface Props {
  readonly search: OverviewSearch;
  readonly shown: number;
  readonly total: number;
  readonly onChange: (to: Partial<OverviewSearch>) => void;
}

/** Says what the table is narrowed to, and takes each narrowing away. */
export const FilterChips = ({ search, shown, total, onChange }: Props) => {
  const { t } = useTranslation();
  const chips = [
    search.stage && { key: 'stage', label: search.stage === 'reached-initial' || search.stage === 'reached-full' ? t(`district.table.${search.stage}`) : t(`stage.${search.stage}`) },
    search.status && { key: 'status', label: t(`status.${search.status}`) },
    search.attention && { key: 'attention', label: t('district.attention.title') },
  ].filter((chip) => chip !== undefined);
  return (
    <div className={classes['chips']}>
      <span role="status">{t('district.table.count', { shown, count: total })}</span>
      {chips.map((chip) => (
        <button key={chip.key} type="button" onClick={() => onChange({ [chip.key]: undefined })} aria-label={t('district.table.without', { filter: chip.label })}>
          {chip.label}
          <Icon name="close" size={14} />
        </button>
      ))}
    </div>
  );
};

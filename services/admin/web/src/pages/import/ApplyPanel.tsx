import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { RosterDiff } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import classes from './Import.module.css';

interface Props {
  readonly diff: RosterDiff;
  readonly effective: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onApply: (confirmClosing: number | undefined) => void;
}

/** The one button that changes something, and says what. Schools are closed only when their exact number is typed. */
export const ApplyPanel = ({ diff, effective, busy, error, onApply }: Props) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const [typed, setTyped] = useState('');
  const candidates = diff.closingCandidates.length;
  const confirmed = candidates > 0 && typed.trim() === String(candidates);
  const wrong = typed.trim() !== '' && !confirmed;
  const count = diff.opened.length + diff.renamed.length + diff.changed.length + (confirmed ? candidates : 0);
  return (
    <Panel title={t('import.apply.title')}>
      {candidates > 0 && (
        <TextInput
          className={classes['closing']}
          label={t('import.apply.closing', { count: candidates })}
          description={t('import.apply.closingHelp', { count: candidates })}
          inputMode="numeric"
          value={typed}
          error={wrong ? t('import.apply.closingWrong', { count: candidates }) : undefined}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {error !== null && error !== undefined && <ProblemNotice error={error} of="command" />}
      {count === 0 ? (
        <p className="dim">{t('import.apply.nothing')}</p>
      ) : (
        <div className={classes['apply']}>
          <Button onClick={() => onApply(confirmed ? candidates : undefined)} disabled={busy || wrong}>
            {t('import.apply.action', { count, date: format.date(effective) })}
          </Button>
          {busy && <span role="status" className="dim">{t('import.apply.applying')}</span>}
        </div>
      )}
      {diff.rejected.length > 0 && count > 0 && <p className="dim">{t('import.apply.rejected', { count: diff.rejected.length })}</p>}
    </Panel>
  );
};

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { importRoster, keyring } from '../../api/commands.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { useRights } from '../../app/use-rights.js';
import { schoolYearOf, schoolYearStart } from '../../lib/zone.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import { ApplyPanel } from './ApplyPanel.js';
import { DiffPanel } from './DiffPanel.js';
import { FilePanel } from './FilePanel.js';
import classes from './Import.module.css';
import { ResultPanel } from './ResultPanel.js';

const steps = ['file', 'diff', 'result'] as const;

/** File, differences, result. Nothing happens before the button that says what it does. */
export const ImportPage = () => {
  const { t } = useTranslation();
  const { district, today, past } = useDistrict();
  const client = useQueryClient();
  const { mayOperate } = useRights();
  usePageTitle(t('place.import'), district.name);
  const yearStart = schoolYearStart(schoolYearOf(today, district.schoolYearFirstMonth), district.schoolYearFirstMonth);
  const [file, setFile] = useState<File>();
  const [effective, setEffective] = useState(yearStart);
  const [keyFor] = useState(keyring);

  const compare = useMutation({
    mutationFn: (roster: { file: File; effective: string }) =>
      importRoster({ district: district.districtId, ...roster, mode: 'dry-run', idempotencyKey: crypto.randomUUID() }),
  });
  const apply = useMutation({
    mutationFn: async (confirmClosing: number | undefined) => {
      if (!file || !compare.data) throw new Error('there is no file to apply');
      const idempotencyKey = keyFor({ importId: compare.data.importId, name: file.name, size: file.size, changed: file.lastModified, effective, confirmClosing });
      const result = await importRoster({ district: district.districtId, file, effective, mode: 'apply', confirmClosing, idempotencyKey });
      await client.invalidateQueries({ queryKey: ['district', district.districtId] });
      return result;
    },
  });
  const restart = (): void => {
    compare.reset();
    apply.reset();
    setFile(undefined);
  };
  const step = apply.data ? 'result' : compare.data ? 'diff' : 'file';
  const off = past ? t('import.offInPast') : mayOperate ? undefined : t('import.notYours');

  return (
    <>
      <div>
        <h1 className={classes['title']}>{t('import.title')}</h1>
        {!off && (
          <ol className={classes['steps']}>
            {steps.map((name) => (
              <li key={name} aria-current={name === step ? 'step' : undefined}>{t(`import.step.${name}`)}</li>
            ))}
          </ol>
        )}
      </div>
      {off ? (
        <p className="dim">{off}</p>
      ) : apply.data ? (
        <ResultPanel result={apply.data} effective={effective} onAgain={restart} />
      ) : (
        <>
          <FilePanel
            file={file}
            effective={effective}
            busy={compare.isPending}
            compared={compare.data !== undefined}
            onFile={(chosen) => { setFile(chosen); compare.reset(); apply.reset(); }}
            onEffective={(day) => { setEffective(day); compare.reset(); apply.reset(); }}
            onCompare={() => file && compare.mutate({ file, effective })}
          />
          {compare.error && <ProblemNotice error={compare.error} of="command" />}
          {compare.data && (
            <>
              <DiffPanel diff={compare.data} />
              <ApplyPanel diff={compare.data} effective={effective} busy={apply.isPending} error={apply.error} onApply={(closing) => apply.mutate(closing)} />
            </>
          )}
        </>
      )}
    </>
  );
};

import { Button } from '@mantine/core';
import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { DayField } from '../../ui/DayField.js';
import { Icon } from '../../ui/Icon.js';
import { Panel } from '../../ui/Panel.js';
import classes from './Import.module.css';

interface Props {
  readonly file: File | undefined;
  readonly effective: string;
  readonly busy: boolean;
  readonly compared: boolean;
  readonly onFile: (file: File) => void;
  readonly onEffective: (day: string) => void;
  readonly onCompare: () => void;
}

/** The limit of the service, said before the file travels. */
const fileMax_bytes = 10 * 1024 * 1024;

export const FilePanel = ({ file, effective, busy, compared, onFile, onEffective, onCompare }: Props) => {
  const { t } = useTranslation();
  const { format, today } = useDistrict();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string>();
  const take = (chosen: File | undefined): void => {
    if (!chosen) return;
    if (chosen.size > fileMax_bytes) return setRefused(t('import.file.tooLarge', { name: chosen.name, size: format.number(Math.ceil(chosen.size / 1_048_576)) }));
    setRefused(undefined);
    onFile(chosen);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Panel title={t('import.file.title')}>
      <div
        className={classes['drop']}
        data-over={over || undefined}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <Icon name="file" size={24} />
        <div>
          <p>{file ? t('import.file.chosen', { name: file.name, size: format.number(Math.max(1, Math.round(file.size / 1024))) }) : t('import.file.drop')}</p>
          <p className="dim">{t('import.file.layouts')}</p>
        </div>
        <Button variant="default" onClick={() => input.current?.click()}>{t(file ? 'import.file.other' : 'import.file.choose')}</Button>
        <input
          ref={input}
          className={classes['hidden']}
          type="file"
          accept=".csv,text/csv"
          tabIndex={-1}
          aria-label={t('import.file.choose')}
          onChange={(event) => { take(event.currentTarget.files?.[0]); event.currentTarget.value = ''; }}
        />
      </div>
      {refused && <p role="alert" className={classes['refused']}>{refused}</p>}
      <div className={classes['when']}>
        <DayField label={t('import.file.effective')} description={t('import.file.effectiveHelp')} value={effective} max={today} required onChange={(day) => day && onEffective(day)} />
        <Button onClick={onCompare} disabled={!file || busy} variant={compared ? 'default' : 'filled'}>{t('import.file.compare')}</Button>
        {busy && <span role="status" className="dim">{t('import.file.comparing')}</span>}
      </div>
    </Panel>
  );
};

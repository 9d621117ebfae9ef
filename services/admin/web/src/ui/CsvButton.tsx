import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { downloadCsv, toCsv } from '../lib/csv.js';
import { Icon } from './Icon.js';

interface Props {
  /** The file name without its ending. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: () => readonly (readonly (string | number | null | undefined)[])[];
}

export const CsvButton = ({ name, header, rows }: Props) => {
  const { t } = useTranslation();
  return (
    <Button className="no-print" variant="default" size="xs" leftSection={<Icon name="download" size={16} />} onClick={() => downloadCsv(`${name}.csv`, toCsv(header, rows()))}>
      {t('csv.download')}
    </Button>
  );
};

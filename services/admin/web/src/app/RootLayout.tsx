import { DatesProvider } from '@mantine/dates';
import 'dayjs/locale/es';
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { readyQuery } from '../api/queries.js';
import { GettingReady } from '../pages/start/GettingReady.js';

/** While the platform still loads its data, every address shows how far that is; the page goes on by itself. */
export const RootLayout = () => {
  const { i18n } = useTranslation();
  const ready = useQuery(readyQuery);
  const starting = ready.data !== undefined && ready.data.status !== 'ready';
  return (
    <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 0, weekendDays: [] }}>
      {starting ? <GettingReady progress={ready.data.progress} /> : <Outlet />}
    </DatesProvider>
  );
};

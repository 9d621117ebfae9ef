import { DatesProvider } from '@mantine/dates';
import 'dayjs/locale/es';
import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export const RootLayout = () => {
  const { i18n } = useTranslation();
  return (
    <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 0, weekendDays: [] }}>
      <Outlet />
    </DatesProvider>
  );
};

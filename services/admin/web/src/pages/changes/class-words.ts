import { useTranslation } from 'react-i18next';

const known = ['real-change', 'late-fact', 'correction', 'rename', 'opened', 'closed', 'new-definition', 'regrouping'] as const;

/** The name of a class of change; one that a newer service adds is shown by its own name. */
export const useClassWords = () => {
  const { t } = useTranslation();
  const keyOf = (name: string) => known.find((entry) => entry === name);
  return {
    name: (name: string): string => {
      const key = keyOf(name);
      return key ? t(`changes.class.${key}`) : name;
    },
    help: (name: string): string => {
      const key = keyOf(name);
      return key ? t(`changes.classHelp.${key}`) : '';
    },
  };
};

import { useTranslation } from 'react-i18next';

const known = [
  'started', 'stage-advanced', 'stage-regressed', 'stage-overridden', 'paused', 'resumed', 'abandoned', 'restarted',
  'fidelity-recorded', 'fact-corrected', 'fact-withdrawn', 'school-opened', 'school-renamed', 'school-closed', 'school-reopened',
] as const;

/** What an event of a public type says, without its values. */
export const useEventWords = () => {
  const { t } = useTranslation();
  return (type: string): string => {
    const name = /^org\.cairn\.\w+\.([\w-]+)\.v\d+$/.exec(type)?.[1];
    const key = known.find((entry) => entry === name);
    return key ? t(`event.${key}`) : type;
  };
};

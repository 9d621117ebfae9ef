import { createInstance, type i18n as I18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

import { en } from './en/index.js';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

export const languages = { en: 'English', es: 'Español' } as const;
export type Language = keyof typeof languages;
const isLanguage = (text: string | null): text is Language => text !== null && text in languages;

const storageKey = 'cairn.language';
const preferred = (): Language => {
  const kept = localStorage.getItem(storageKey);
  if (isLanguage(kept)) return kept;
  return navigator.languages.some((language) => language.toLowerCase().startsWith('en')) || !navigator.language.startsWith('es') ? 'en' : 'es';
};

export const i18n: I18n = createInstance();

/** Spanish comes in a file of its own, loaded when it is chosen. */
const load = async (language: Language): Promise<void> => {
  if (language === 'en' || i18n.hasResourceBundle(language, 'translation')) return;
  const { es } = await import('./es/index.js');
  i18n.addResourceBundle(language, 'translation', es);
};

export const chooseLanguage = async (language: Language): Promise<void> => {
  await load(language);
  localStorage.setItem(storageKey, language);
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
};

export const startI18n = async (): Promise<void> => {
  const language = preferred();
  await i18n.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
  });
  await load(language);
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
};

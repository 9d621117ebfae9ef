import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one primary colour: a pine green, apart from the blues of the stages, so that an action is never read as a stage. */
const pine: MantineColorsTuple = [
  '#eef7f5', '#d9ebe7', '#b3d7cf', '#89c1b6', '#64ada0', '#46998b', '#2f8578', '#227266', '#186056', '#0d4a42',
];

const fontFamily = 'Inter, "Segoe UI", -apple-system, "Helvetica Neue", Roboto, "Liberation Sans", Arial, system-ui, sans-serif';

export const theme = createTheme({
  colors: { pine },
  primaryColor: 'pine',
  primaryShade: { light: 8, dark: 7 },
  fontFamily,
  headings: { fontFamily, fontWeight: '600' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Mantine's own greys for secondary text and placeholders stay under 4.5:1; these do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1d2328',
    '--mantine-color-dimmed': '#5a646d',
    '--mantine-color-placeholder': '#68727b',
    '--mantine-color-error': '#b42318',
  },
  dark: {
    '--mantine-color-body': '#1a1d1f',
    '--mantine-color-text': '#e6e9eb',
    '--mantine-color-dimmed': '#a3adb5',
    '--mantine-color-placeholder': '#9aa4ac',
    '--mantine-color-error': '#ff9b8f',
  },
});

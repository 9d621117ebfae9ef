/** Line icons on a grid of 20, drawn for this project. They only ever stand beside words or carry a label. */
const paths = {
  district: 'M3 17V8l7-4 7 4v9M3 17h14M8 17v-4h4v4',
  changes: 'M4 6h9M10 3l3 3-3 3M16 14H7M10 11l-3 3 3 3',
  import: 'M10 13V4M6.5 7.5 10 4l3.5 3.5M4 13v3h12v-3',
  initiatives: 'M5 17V3.5M5 4h9l-2 3.5 2 3.5H5',
  operations: 'M4 5h12v4H4zM4 11h12v4H4zM7 7v.1M7 13v.1',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.8 1.6',
  download: 'M10 4v9M6.5 9.5 10 13l3.5-3.5M4 16.5h12',
  down: 'M6 8l4 4 4-4',
  up: 'M6 12l4-4 4 4',
  right: 'M8 6l4 4-4 4',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  attention: 'M10 4 2.8 16.5h14.4L10 4ZM10 8.5v3.7M10 14.3v.1',
  person: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 17c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5',
  back: 'M12 5l-5 5 5 5',
  file: 'M6 3h6l3 3v11H6V3ZM12 3v3h3',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name, size = 18 }: { name: IconName; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false" style={{ flex: 'none' }}>
    <path d={paths[name]} />
  </svg>
);

/** Three stones, one laid upon the other. */
export const Cairn = ({ size = 24 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false" fill="currentColor" style={{ flex: 'none' }}>
    <ellipse cx="16" cy="25.5" rx="12" ry="4.5" />
    <ellipse cx="15" cy="16.8" rx="8.6" ry="3.8" />
    <ellipse cx="17" cy="9.2" rx="5.2" ry="3.1" />
  </svg>
);

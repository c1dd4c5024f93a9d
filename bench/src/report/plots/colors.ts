// The drawings have their own background: a page of a code host may be light or dark.

export const BACKGROUND = '#fafafa';
export const TEXT = '#24292f';
export const FAINT_TEXT = '#57606a';
export const GRID = '#d8dee4';

/** What is measured. */
export const SUBJECT = '#0b6e99';

/** What it is measured against. */
export const REFERENCE = '#a3adb8';

/** What is beyond its gate. */
export const MISSED = '#c4661f';

/** Told apart by lightness too. */
export const LINES = ['#0b6e99', '#c4661f', '#6b7785', '#4f8a3d', '#7a4f9a'];

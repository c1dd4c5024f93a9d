/** A drawing of the page. */
export interface Plot {
  readonly fileName: string;
  /** What it shows, for who does not see it. */
  readonly alt: string;
  readonly svg: string;
}

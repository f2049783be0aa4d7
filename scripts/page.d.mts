export interface BuiltPage {
  readonly script: string
  readonly style: string
  readonly metafile: unknown
}

/** The parts of the page, and the metafile of its script. */
export declare const pageParts: () => Promise<BuiltPage>

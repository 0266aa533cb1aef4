/** Absolute path of the checkout, also for code that runs from dist/. */
export const root: string;

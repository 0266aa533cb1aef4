/** Folder of the checkout, absolute. */
export declare const root: string;

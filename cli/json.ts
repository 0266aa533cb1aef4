/** What commands print for other programs. Apart from the rest: pages and figures take long to load. */
export const printJson = (data: unknown): void => console.log(JSON.stringify(data, null, 2));

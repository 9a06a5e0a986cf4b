// What a page knows of many runs, by name: the measures, the outcome, and of each issue whether it was agreed.

/** Return the name of the runs in which an issue was agreed. @param {number} k */
export const agreedOf = (k) => `agreed ${k}`;

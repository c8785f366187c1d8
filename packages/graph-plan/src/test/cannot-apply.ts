/** The contract makes the entry impossible to apply. */
export class CannotApply extends Error {}

/** Labels of Lockkeeper's own, by which issues are found again: the values of people's fields do not know them. */
export const isOwnLabel = (label: string): boolean => /^lk-(?:[a-z]+-)?[0-9a-f]{16,64}$/.test(label);

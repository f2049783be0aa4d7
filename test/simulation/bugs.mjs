export const bugs = []

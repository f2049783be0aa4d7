/** Texts of apps with values in them. */

/** `text` with each `{key}` replaced by its value. A value is not searched for keys; a key without a value stays. */
export const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place))

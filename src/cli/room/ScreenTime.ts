/** Times as they stand in a room, in the time zone of the reader: a number of minutes east of UTC, so that rows follow from values alone. */

/** `12:01`. */
export const clockOf = (time: number, zoneMinutes: number): string => at(time, zoneMinutes).toISOString().slice(11, 16)

/** `Tuesday 1 December 2026`. */
export const dayOf = (time: number, zoneMinutes: number): string => {
  const local = at(time, zoneMinutes)
  const [day, month] = [days[local.getUTCDay()], months[local.getUTCMonth()]]
  return `${day} ${local.getUTCDate()} ${month} ${local.getUTCFullYear()}`
}

/** Days since 1970: equal for times of one day. */
export const dayNumberOf = (time: number, zoneMinutes: number): number =>
  Math.floor((time + zoneMinutes * minute) / (1440 * minute))

const minute = 60_000

/** The clock of another server may say anything: a time that has no date is the last one that has. */
const at = (time: number, zoneMinutes: number): Date => new Date(Math.min(time + zoneMinutes * minute, lastTime))

const lastTime = 253_402_300_799_999

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December"
]

/** Times as they stand in a room, in the time zone of the reader: a number of minutes east of UTC, so that rows follow from values alone. */

/** The time zone of this machine at a Unix time in milliseconds. */
export const zoneMinutes = (time: number): number => -new Date(time).getTimezoneOffset()

/** `12:01`. */
export const clockOf = (time: number, zone: number): string => at(time, zone).toISOString().slice(11, 16)

/** `Tuesday 1 December 2026`. */
export const dayOf = (time: number, zone: number): string => {
  const local = at(time, zone)
  const [day, month] = [days[local.getUTCDay()], months[local.getUTCMonth()]]
  return `${day} ${local.getUTCDate()} ${month} ${local.getUTCFullYear()}`
}

/** Days since 1970: equal for times of one day. */
export const dayNumberOf = (time: number, zone: number): number => Math.floor((time + zone * minute) / (1440 * minute))

const minute = 60_000

/** The clock of another server may say anything: a time that has no date is the last one that has. */
const at = (time: number, zone: number): Date => new Date(Math.min(time + zone * minute, lastTime))

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

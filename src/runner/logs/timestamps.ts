/** Hours as dates, for formats that want dates: hour 0 becomes the midnight on which the year 2000 began, in UTC. */

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `2000-01-01 13:30:00.000000+00:00` for 13.5 [h]. */
export function timestampOf(hour: number): string {
  const micros = Math.round(hour * 3600e6);
  const day = Math.floor(micros / 86_400e6);
  const rest = micros - day * 86_400e6;
  const seconds = Math.floor(rest / 1e6);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${dateOf(day)} ${pad(h, 2)}:${pad(m, 2)}:${pad(s, 2)}.${pad(rest % 1e6, 6)}+00:00`;
}

/** The civil date so many days after 2000-01-01 (H. Hinnant, chrono-compatible low-level date algorithms). */
function dateOf(days: number): string {
  const sinceMarch = days + 730_425; // days from 0000-03-01 to 2000-01-01
  const era = Math.floor(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const year = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return `${pad(year + era * 400 + (month <= 2 ? 1 : 0), 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

// Moments as one reader sees them: in that person's own time zone, against the sandbox's own clock.

const formatters = new Map();

function format(epoch, tz, options) {
  const name = tz + JSON.stringify(options);
  if (!formatters.has(name)) formatters.set(name, new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone(tz) }));
  return formatters.get(name).format(new Date(epoch * 1000));
}

const known = new Map();

/** The zone's name, or UTC when this browser does not know it. */
function zone(tz) {
  if (!known.has(tz)) {
    try {
      new Intl.DateTimeFormat("en-GB", { timeZone: tz });
      known.set(tz, tz);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      known.set(tz, "UTC");
    }
  }
  return known.get(tz);
}

/** "2026-11-30": which day it is there; two moments are on one day when these are equal. */
export function dayOf(epoch, tz) {
  const parts = format(epoch, tz, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/");
  return parts.reverse().join("-");
}

export const timeOf = (epoch, tz) => format(epoch, tz, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const longDate = (epoch, tz) => format(epoch, tz, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "");
export const shortDate = (epoch, tz) => format(epoch, tz, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(",", "");
export const fullMoment = (epoch, tz) => `${longDate(epoch, tz)}, ${timeOf(epoch, tz)}`;

/** "Berlin" for Europe/Berlin. */
export const zoneName = (tz) => tz.split("/").at(-1).replaceAll("_", " ");

/** "Today", "Yesterday", "Tomorrow", or null. */
function nearDay(epoch, reader) {
  const day = dayOf(epoch, reader.tz);
  if (day === dayOf(reader.now, reader.tz)) return "today";
  if (day === dayOf(reader.now - 86400, reader.tz)) return "yesterday";
  if (day === dayOf(reader.now + 86400, reader.tz)) return "tomorrow";
  return null;
}

export function dayHeading(epoch, reader) {
  const near = nearDay(epoch, reader);
  const date = longDate(epoch, reader.tz);
  return near === "today" || near === "yesterday" ? `${near[0].toUpperCase()}${near.slice(1)}, ${date}` : date;
}

function ago(epoch, reader) {
  const seconds = Math.round(epoch - reader.now);
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** Fills Slack's date placeholders, such as `{date_long}` and `{time}`. Unknown ones stay as they are. */
export function fillDate(pattern, epoch, reader) {
  const tz = reader.tz;
  const dates = {
    date_num: () => dayOf(epoch, tz),
    date: () => format(epoch, tz, { day: "numeric", month: "long", year: "numeric" }),
    date_short: () => format(epoch, tz, { day: "numeric", month: "short", year: "numeric" }),
    date_long: () => longDate(epoch, tz),
    time: () => timeOf(epoch, tz),
    time_secs: () => format(epoch, tz, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    ago: () => ago(epoch, reader),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    const plain = name.replace(/_pretty$/, "");
    if (!(plain in dates)) return whole;
    const near = name.endsWith("_pretty") ? nearDay(epoch, reader) : null;
    return near ?? dates[plain]();
  });
}

/** Epoch seconds of a wall-clock time ("2026-12-01T10:30") in a zone. */
export function fromWallClock(local, tz) {
  const asUtc = Date.parse(`${local}:00Z`) / 1000;
  const offset = (epoch) => Date.parse(`${dayOf(epoch, tz)}T${timeOf(epoch, tz)}:00Z`) / 1000 - epoch;
  const guess = asUtc - offset(asUtc);
  return Math.round(asUtc - offset(guess));
}

export const toWallClock = (epoch, tz) => `${dayOf(epoch, tz)}T${timeOf(epoch, tz)}`;

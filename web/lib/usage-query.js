// The addresses that are asked for a choice. Pure.
import { addDays, mondayOf } from "./days.js";

/** So many sessions stand in the list of the most expensive ones. */
const TOP = 8;
/** So many full days today is compared with. */
const PAST_DAYS = 7;
const WEEKS = 53;

export const address = (file, query) => `api/${file}?${new URLSearchParams(query)}`;

const range = ({ range: name, from, to }) => ({ from: name === "all" ? "all" : from, to });

/** The chart's own query; the same, as a file, is its CSV. */
export const chartQuery = (choice, zone) => ({
  ...range(choice),
  bucket: choice.bucket,
  by: choice.by,
  tz: zone,
});
export const matrixQuery = (choice, zone) => ({
  ...range(choice),
  bucket: "total",
  by: "agent,model",
  tz: zone,
});

/** The first day of the calendar: a Monday, 52 weeks before this week's. */
export const yearStart = (today) => addDays(mondayOf(today), -7 * (WEEKS - 1));

/** Every part of the page and the address it is asked at. */
export function queries(choice, zone) {
  const { today } = choice;
  const days = (from, bucket) => ({ from, to: today, bucket, by: "installation", tz: zone });
  return {
    chart: address("usage", chartQuery(choice, zone)),
    matrix: address("usage", matrixQuery(choice, zone)),
    sessions: address("usage", { ...range(choice), bucket: "total", by: "session", limit: TOP, tz: zone }),
    recent: address("usage", days(addDays(today, -PAST_DAYS), "hour")),
    year: address("usage", days(yearStart(today), "day")),
  };
}

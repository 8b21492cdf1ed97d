import { expect, test } from 'vitest';
import { cronInWords, cronProblem } from '../../../src/schedule/cron.ts';
import { everyProblem } from '../../../src/schedule/every.ts';
import { timeZoneProblem } from '../../../src/schedule/time-zone.ts';

test.each([
  ['0 3 1 * *', 'at 03:00 on day 1 of the month'],
  ['0 3 * * *', 'at 03:00 every day'],
  ['30 4 * * 0', 'at 04:30 on every Sunday'],
  ['30 4 * * 7', 'at 04:30 on every Sunday'],
  ['0 3,15 * * mon-wed', 'at 03:00 and 15:00 on every Monday, Tuesday and Wednesday'],
  ['*/15 * * * *', 'every hour at minute 0, 15, 30 and 45 every day'],
  ['* * * * *', 'every minute every day'],
  ['0 3 1 1,7 *', 'at 03:00 on day 1 of the month in January and July'],
  ['0 3 1 jan *', 'at 03:00 on day 1 of the month in January'],
  ['0 3 13 * 5', 'at 03:00 on day 13 of the month and on every Friday'],
  // crontab(5): only a field that begins with an asterisk leaves the day to the other one.
  ['0 3 */10 * 5', 'at 03:00 on day 1, 11, 21 and 31 of the month that is a Friday'],
  [
    '0 3 1-7 * */2',
    'at 03:00 on day 1, 2, 3, 4, 5, 6 and 7 of the month that is a Sunday, Tuesday, Thursday or Saturday',
  ],
  ['0 3 1-31 * 5', 'at 03:00 every day'],
  ['0 3 1 * 0-7', 'at 03:00 every day'],
  ['0 3 * * 5-7', 'at 03:00 on every Sunday, Friday and Saturday'],
  ['0 3 * * 1/2', 'at 03:00 on every Monday, Wednesday and Friday'],
  ['0 3 1 sept *', 'at 03:00 on day 1 of the month in September'],
  ['0 3 * * Thurs', 'at 03:00 on every Thursday'],
  ['0 3 29 2 *', 'at 03:00 on day 29 of the month in February'],
  ['0 8-18/5 * * 1-2', 'at 08:00, 13:00 and 18:00 on every Monday and Tuesday'],
])('%s is usable, and is %s', (cron, words) => {
  expect(cronProblem(cron)).toBeNull();
  expect(cronInWords(cron)).toBe(words);
});

test.each([
  ['0 25 1 * *', 'the hour is 0 to 23, not "25"'],
  ['60 * * * *', 'the minute is 0 to 59, not "60"'],
  ['0 3 0 * *', 'the day of the month is 1 to 31, not "0"'],
  ['0 3 1 13 *', 'the month is 1 to 12, not "13"'],
  ['0 3 * * 8', 'the day of the week is 0 to 7, not "8"'],
  ['0 5-3 * * *', 'the hour is 0 to 23, not "5-3": a range goes upwards'],
  ['0 3 * * fri-sun', 'a range goes upwards, and Sunday at its end is 7'],
  ['0 3 * * monkey', 'the day of the week is 0 to 7, not "monkey"'],
  ['0 3 1 janitor *', 'the month is 1 to 12, not "janitor"'],
  ['0 3 * * mo', 'not "mo"'],
  ['0 3 31 4 */2', 'is never due'],
  ['*/0 * * * *', 'the minute is 0 to 59, not "*/0"'],
  ['0 3 31 2 *', 'is never due'],
  ['0 3 31 4,6 *', 'is never due'],
  ['0 3 1 *', 'has 4 fields'],
  ['0 0 3 1 * *', 'has 6 fields'],
  ['soon', 'has one field'],
  ['@monthly', 'such as "0 3 1 * *"'],
  ['weekly', 'such as "0 3 * * 0"'],
  ['', 'has one field'],
])('%s is refused: %s', (cron, words) => {
  expect(cronProblem(cron)).toContain(words);
});

test.each(['5d', '999d', '261w', '60mo'])('every %s is usable', (text) => {
  expect(everyProblem(text)).toBeNull();
});

test.each(['262w', '61mo', '999mo', '0d', '2 w', '1y'])('every %s is refused', (text) => {
  expect(everyProblem(text)).not.toBeNull();
});

test.each(['Europe/Istanbul', 'UTC', 'Etc/UTC', 'America/Argentina/Buenos_Aires', 'Europe/Kiev', 'Asia/Calcutta'])(
  '%s is a time zone',
  (name) => {
    expect(timeZoneProblem(name)).toBeNull();
  },
);

test.each([
  ['Europe/Munich', 'the nearest name is Europe/Zurich'],
  ['Europe/Istambul', 'the nearest name is Europe/Istanbul'],
  ['Istanbul', 'the nearest name is Europe/Istanbul'],
  ['europe/berlin', 'the nearest name is Europe/Berlin'],
  ['EUROPE/ISTANBUL', 'the nearest name is Europe/Istanbul'],
  ['Utc', 'the nearest name is UTC'],
  ['America/New York', 'the nearest name is America/New_York'],
  ['+02:00', 'such as Europe/Istanbul'],
  ['Mars/Phobos', 'such as Europe/Istanbul'],
])('%s is none: %s', (name, words) => {
  expect(timeZoneProblem(name)).toContain(words);
});

// The kinds of channels. To add one is to add a file beside this one, and its line here.
export { email } from './email.ts';
export { healthchecks } from './healthchecks.ts';
export { ntfy } from './ntfy.ts';
export { slack } from './slack.ts';
export { telegram } from './telegram.ts';
export { webhook } from './webhook.ts';

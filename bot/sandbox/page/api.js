// What the page asks of the sandbox server: one function for each thing a person can do.

/** The server answered, and did not do it. `message` is a sentence for the person. */
export class Refused extends Error {}

/** No usable answer came: the server is away. */
export class Away extends Error {}

async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  } catch (error) {
    throw new Away("The sandbox server is not answering.", { cause: error });
  }
  let value;
  try {
    value = await answer.json();
  } catch (error) {
    throw new Refused(`The sandbox server failed (it answered ${answer.status}).`, { cause: error });
  }
  if (!answer.ok || value.ok === false) throw new Refused(value.error || `The sandbox server answered ${answer.status}.`);
  return value;
}

/** Gives a file to the workspace, as a form holds it. */
export async function giveFile(as, file) {
  const answer = await fetch(`/sandbox/files?as=${encodeURIComponent(as)}&name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
  if (!answer.ok) throw new Refused("The sandbox server did not take the file.");
  return (await answer.json()).file;
}

const post = (name, body) => ask("POST", `/sandbox/${name}`, body);

export const workspace = () => ask("GET", "/sandbox/workspace");
export const view = (as) => ask("GET", `/sandbox/view?as=${encodeURIComponent(as)}`);
export const eventsAddress = (as) => `/sandbox/events?as=${encodeURIComponent(as)}`;

export const command = (as, channel, text) => post("command", { as, channel, text });
export const message = (as, channel, text, thread) => post("message", { as, channel, text, ...(thread ? { thread_ts: thread } : {}) });
export const click = (press) => post("click", press);
export const submit = (as, viewId, values) => post("submit", { as, view_id: viewId, values });
export const close = (as, viewId) => post("close", { as, view_id: viewId });
export const openHome = (as) => post("home", { as });
export const join = (as, channel) => post("join", { as, channel });
export const leave = (as, channel) => post("leave", { as, channel });
export const dismiss = (as) => post("dismiss", { as });
export const advance = (seconds) => post("clock", { advance_seconds: seconds });
export const startOver = () => post("reset", {});

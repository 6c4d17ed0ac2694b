// What each person has already seen. The server does not watch the page, so the page remembers it by itself.

const STORAGE = "foreword-sandbox-seen";
let seen = load();

function load() {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE) ?? "{}");
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const newest = (conversation, person) =>
  conversation.messages.reduce((last, message) => (message.user !== person && message.ts > last ? message.ts : last), "");

export function isUnread(conversation, person) {
  const mark = seen[`${person}/${conversation.id}`];
  return mark === undefined ? Boolean(conversation.unread) : newest(conversation, person) > mark;
}

/** The ts of the last message this person saw here, or null when they were never here. */
export const seenUntil = (conversation, person) => seen[`${person}/${conversation.id}`] ?? null;

/** Remembers that the person sees everything here now; true when that is news. */
export function markSeen(conversation, person) {
  const mark = newest(conversation, person);
  if (seen[`${person}/${conversation.id}`] === mark) return false;
  seen[`${person}/${conversation.id}`] = mark;
  sessionStorage.setItem(STORAGE, JSON.stringify(seen));
  return true;
}

export function forgetSeen() {
  seen = {};
  sessionStorage.removeItem(STORAGE);
}

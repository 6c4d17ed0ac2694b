// Every word of the newcomer's guide, and of the hints beside the people. Change texts here; the panel only shows them.

/** What the people of each group can do, in one line. */
export const GROUP_HINTS = {
  "Owners and managers": "Launch the steps, pause, waive a soft gate together.",
  HR: "The contact for worries; may export reports.",
  Employees: "Read the reason and the policy, ask, get the link.",
};

export const GUIDE = {
  title: "Five minutes",
  lead: "Bring a time-tracking tool to a team, in the right order. You play everybody.",
  finished: "That was a whole pilot. Try it in another order, type /rollout help, or start over.",
  fill: "Do it for me",
  filled: "It is in the message box. Press Enter to send it.",
  go: "Take me there",
  mark: "Done",
};

/**
 * Who the steps speak of. `id` wins when the workspace has it; else the `nth` of the group who is in the channel.
 * In the texts {manager}, {reader}, {sleeper} are first names and {channel} is the pilot's channel.
 */
export const CAST = {
  manager: { id: "U01MARA", group: "Owners and managers", nth: 0 },
  reader: { group: "Employees", nth: 0 },
  sleeper: { group: "Employees", nth: 1 },
};
export const PILOT_CHANNEL = "C01CLIENT";

const launched = (text) => [{ kind: "sent", text }, { kind: "confirmed" }];
const pressed = (label) => [{ kind: "pressed", label }];

/**
 * The steps in order. `who`: a name of CAST; `place`: "dm", "home" or "channel"; `type`: what goes into the message box;
 * `press`: the label of the button to press; `clock`: seconds to move. `until`: the deeds that tick the step off.
 */
export const STEPS = [
  {
    title: "Try the link first", who: "manager", place: "dm", type: "/rollout launch install",
    text: "Try to hand out the install link straight away.",
    expect: "It is refused. You read what is missing, why it matters and what to do next.",
    until: [{ kind: "sent", text: "/rollout launch install" }],
  },
  {
    title: "Brief the managers", who: "manager", place: "dm", type: "/rollout launch brief pilot",
    text: "Managers get the answers before anybody asks. Send it, read the preview, press “Launch it”.",
    expect: "You see exactly what goes to whom before it goes.",
    until: launched("/rollout launch brief pilot"),
  },
  {
    title: "Say you can answer", who: "manager", place: "dm", press: "I can answer these",
    text: "Open the briefing in your own conversation with the bot and press “I can answer these”.",
    expect: "Without this, the next step would wait for you.",
    until: pressed("I can answer these"),
  },
  {
    title: "Give the reason", who: "manager", place: "dm", type: "/rollout launch reason",
    text: "The reason comes before the policy. Send it and press “Launch it”.",
    expect: "The reason appears in {channel}: what happened, with names and numbers.",
    until: launched("/rollout launch reason"),
  },
  {
    title: "Hand over the policy", who: "manager", place: "dm", type: "/rollout launch policy",
    text: "Now the document: what is tracked, what is not, who sees it, how long. Send it and press “Launch it”.",
    expect: "It is posted in {channel}, without an install link.",
    until: launched("/rollout launch policy"),
  },
  {
    title: "Read it as an employee", who: "reader", place: "channel", press: "I have read it",
    text: "In {channel}, read the policy and press “I have read it”.",
    expect: "{reader} now holds a receipt. {sleeper} does not: remember that name.",
    until: pressed("I have read it"),
  },
  {
    title: "Ask the awkward question", who: "reader", place: "channel", press: "Ask a question",
    text: "Under the policy, press “Ask a question” and write what people really want to know, such as: do you take screenshots?",
    expect: "The answer was written by a person and is made of this policy. Nobody is told who asked.",
    until: pressed("Ask a question"),
  },
  {
    title: "Let a week pass", who: "manager", place: "dm", clock: 604800,
    text: "People need time with a policy. Move the clock on by one week, at the top of the page.",
    expect: "The notice period is over; the next step can go.",
    until: [{ kind: "advanced", seconds: 604800 }],
  },
  {
    title: "Now the link", who: "manager", place: "dm", type: "/rollout launch install",
    text: "Send the very command that was refused, and press “Launch it”.",
    expect: "The message in {channel} carries a button, not the link.",
    until: launched("/rollout launch install"),
  },
  {
    title: "Get it, having read", who: "reader", place: "channel", press: "Get the install link",
    text: "In {channel}, press “Get the install link”.",
    expect: "A window opens with the link, for {reader} alone.",
    until: [{ kind: "pressed", label: "Get the install link", who: "reader" }],
  },
  {
    title: "Get it, not having read", who: "sleeper", place: "channel", press: "Get the install link",
    text: "{sleeper} never read the policy. Press the same button.",
    expect: "{sleeper} meets the reason and the policy first, and the link only after them.",
    until: [{ kind: "pressed", label: "Get the install link", who: "sleeper" }],
  },
  {
    title: "Let them be asked", who: "reader", place: "dm", clock: 604800,
    text: "Move the clock on by a week. Everybody in the pilot is asked how it goes, at ten where they are.",
    expect: "{reader} finds a check-in: what it is for, who sees it, until when. Press a few numbers; what you press is not shown.",
    until: [{ kind: "advanced", seconds: 604800 }],
  },
  {
    title: "See what it comes to", who: "manager", place: "dm", type: "/rollout verdict",
    text: "Read the verdict on the pilot. With fewer than five answers it shows nothing, and says so.",
    expect: "Go, extend or fix the policy, by a rule; how sure it is; and nobody's single answer.",
    until: [{ kind: "sent", text: "/rollout verdict" }],
  },
  {
    title: "Look at the record", who: "manager", place: "dm", type: "/rollout timeline",
    text: "Read what was recorded.",
    expect: "Who launched what, when. Nothing about who asked or objected.",
    until: [{ kind: "sent", text: "/rollout timeline" }],
  },
];

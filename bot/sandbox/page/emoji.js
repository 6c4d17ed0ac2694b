// The picture for a :shortcode:, for the ones that a bot about work is likely to use.

const PICTURES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", clap: "👏", pray: "🙏", raised_hands: "🙌", raised_hand: "✋",
  ok_hand: "👌", muscle: "💪", point_right: "👉", point_left: "👈", point_down: "👇", point_up: "☝️", handshake: "🤝", writing_hand: "✍️",
  smile: "😄", smiley: "😃", grinning: "😀", slightly_smiling_face: "🙂", blush: "😊", wink: "😉", thinking_face: "🤔", neutral_face: "😐",
  confused: "😕", worried: "😟", slightly_frowning_face: "🙁", cry: "😢", joy: "😂", sweat_smile: "😅", relieved: "😌", hushed: "😯",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎",
  no_entry: "⛔", no_entry_sign: "🚫", warning: "⚠️", exclamation: "❗", heavy_exclamation_mark: "❗", question: "❓", grey_question: "❔",
  information_source: "ℹ️", bulb: "💡", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢", speech_balloon: "💬", thought_balloon: "💭",
  lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑", shield: "🛡️", eye: "👁️", eyes: "👀", see_no_evil: "🙈", mag: "🔍",
  link: "🔗", paperclip: "📎", pushpin: "📌", round_pushpin: "📍", memo: "📝", pencil: "📝", pencil2: "✏️", page_facing_up: "📄",
  page_with_curl: "📃", scroll: "📜", clipboard: "📋", book: "📖", open_book: "📖", books: "📚", bookmark: "🔖", bookmark_tabs: "📑",
  newspaper: "📰", file_folder: "📁", open_file_folder: "📂", card_index: "📇", envelope: "✉️", email: "📧", inbox_tray: "📥",
  outbox_tray: "📤", incoming_envelope: "📨", package: "📦", wastebasket: "🗑️", calendar: "📆", date: "📅", spiral_calendar_pad: "🗓️",
  clock1: "🕐", clock9: "🕘", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", watch: "⌚",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", moneybag: "💰", receipt: "🧾", scales: "⚖️",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", office: "🏢", house: "🏠", briefcase: "💼", computer: "💻", desktop_computer: "🖥️",
  phone: "☎️", iphone: "📱", camera: "📷", gear: "⚙️", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", rocket: "🚀", construction: "🚧",
  tada: "🎉", sparkles: "✨", star: "⭐", heart: "❤️", fire: "🔥", zap: "⚡", coffee: "☕", seedling: "🌱", robot_face: "🤖",
  vertical_traffic_light: "🚦", traffic_light: "🚥", checkered_flag: "🏁", triangular_flag_on_post: "🚩", white_flag: "🏳️",
  double_vertical_bar: "⏸️", pause_button: "⏸️", black_square_for_stop: "⏹️", arrow_forward: "▶️", fast_forward: "⏩", repeat: "🔁",
  arrows_counterclockwise: "🔄", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️",
  arrow_right_hook: "↪️", heavy_plus_sign: "➕", heavy_minus_sign: "➖", red_circle: "🔴", large_orange_circle: "🟠",
  large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫",
  large_green_square: "🟩", white_large_square: "⬜", black_large_square: "⬛", small_blue_diamond: "🔹", small_orange_diamond: "🔸",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", six: "6️⃣", seven: "7️⃣", eight: "8️⃣", nine: "9️⃣", keycap_ten: "🔟",
};

export const SHORTCODE = /:([a-z0-9_+-]{1,40}):(?::skin-tone-[2-6]:)?/;

/** The picture, or null when the name is not known (then the shortcode is shown as it was written). */
export const emoji = (name) => (Object.hasOwn(PICTURES, name) ? PICTURES[name] : null);

/** Text with its shortcodes replaced; for labels, which are plain text. */
export const withEmoji = (text) =>
  String(text ?? "").replace(new RegExp(SHORTCODE, "g"), (whole, name) => emoji(name) ?? whole);

// The chat page. Everything a bot wrote is hostile: it becomes text nodes and known elements, never markup (the page's
// policy forbids making markup from strings at all). The server is the only source; nothing is kept but the theme.
"use strict";

const KEY = new URLSearchParams(location.hash.slice(1)).get("key") || "";
const $ = (selector) => document.querySelector(selector);

// ---- Words -----------------------------------------------------------------------------------------------------

const WORDS = {
  en: {
    practice: "practice flight", flyAs: "Fly as", chats: "Chats", phone: "This person’s phone", language: "Language",
    blocked: "Has blocked the bot", menu: "Menu", faults: "Faults", latency: "Slow network", times: "For",
    faultsHint: "What goes wrong between Cockpit and this server. The page itself is never touched.",
    methods: "Only for", duplicates: "Deliver updates twice", flood: "Telegram’s flood limits", radio: "Radio log",
    hint: "This page stands in for Telegram. It runs on this machine alone, without a token and without the internet.",
    sendFile: "Send a file", asPhoto: "As a picture", cancel: "Cancel", send: "Send", start: "START",
    message: "Message", caption: "Caption", reply: "Reply", copy: "Copy text", copied: "Copied", edited: "edited",
    bot: "bot", offline: "bot · not listening", typing: "typing…", sending: "sending a file…",
    connecting: "connecting…", members: (n) => `${n} members and the bot`, today: "Today", yesterday: "Yesterday",
    what: "What can this bot do?", about: "It is the control panel of a Linux server. Press START to come aboard.",
    groupAbout: "A group hears commands, replies to the bot and @mentions.", photo: "Photo",
    open: "Open", openLink: "Open this link?", ok: "OK", gone: "That file is no longer kept.", none: "No messages yet",
    locked: "Open the address that cockpit-bot printed when it started: it carries the key to this page.",
    over: "The flight is over, or its server does not answer. Trying again…",
    always: "until I change it", next: (n) => (n === 1 ? "the next call" : `the next ${n} calls`), all: "all methods",
    sends: "sending", edits: "editing", polls: "getUpdates", answers: "answering taps", unblock: "UNBLOCK",
    trouble: {
      off: ["Fair weather", "Everything works."], reset: ["Outage", "Connections are reset."],
      hang: ["Silence", "No answer at all, until the weather changes."],
      lost: ["Lost answers", "Calls are carried out, their answers are lost."],
      429: ["429 Too Many Requests", "“Retry after 3 s.”"], 500: ["500 Internal Server Error", "Telegram has trouble of its own."],
      502: ["502 Bad Gateway", "So has the road to it."],
    },
  },
  id: {
    practice: "penerbangan latihan", flyAs: "Terbang sebagai", chats: "Obrolan", phone: "HP orang ini", language: "Bahasa",
    blocked: "Memblokir bot", menu: "Menu", faults: "Gangguan", latency: "Jaringan lambat", times: "Selama",
    faultsHint: "Apa yang bermasalah antara Cockpit dan server ini. Halaman ini sendiri tidak ikut terganggu.",
    methods: "Hanya untuk", duplicates: "Kirim pembaruan dua kali", flood: "Batas banjir ala Telegram", radio: "Catatan radio",
    hint: "Halaman ini pengganti Telegram. Jalan di mesin ini saja, tanpa token dan tanpa internet.",
    sendFile: "Kirim berkas", asPhoto: "Sebagai gambar", cancel: "Batal", send: "Kirim", start: "MULAI",
    message: "Pesan", caption: "Keterangan", reply: "Balas", copy: "Salin teks", copied: "Tersalin", edited: "diedit",
    bot: "bot", offline: "bot · tidak menyimak", typing: "mengetik…", sending: "mengirim berkas…",
    connecting: "menyambung…", members: (n) => `${n} anggota dan bot`, today: "Hari ini", yesterday: "Kemarin",
    what: "Bot ini bisa apa?", about: "Ini panel kendali sebuah server Linux. Tekan MULAI untuk naik.",
    groupAbout: "Di grup, bot mendengar perintah, balasan untuknya, dan @sebutan.", photo: "Foto",
    open: "Buka", openLink: "Buka tautan ini?", ok: "OK", gone: "Berkas itu sudah tidak disimpan.", none: "Belum ada pesan",
    locked: "Buka alamat yang dicetak cockpit-bot waktu mulai: di situ ada kunci halaman ini.",
    over: "Penerbangan selesai, atau servernya tidak menjawab. Dicoba lagi…",
    always: "sampai kuubah", next: (n) => (n === 1 ? "panggilan berikutnya" : `${n} panggilan berikutnya`), all: "semua metode",
    sends: "mengirim", edits: "mengedit", polls: "getUpdates", answers: "menjawab ketukan", unblock: "BUKA BLOKIR",
    trouble: {
      off: ["Cuaca cerah", "Semua lancar."], reset: ["Putus", "Sambungan diputus."],
      hang: ["Hening", "Tidak ada jawaban sampai cuaca berubah."],
      lost: ["Jawaban hilang", "Panggilan dijalankan, jawabannya hilang."],
      429: ["429 Too Many Requests", "“Coba lagi setelah 3 detik.”"], 500: ["500 Internal Server Error", "Telegram lagi bermasalah."],
      502: ["502 Bad Gateway", "Jalan ke sana juga."],
    },
  },
};
const lang = () => (/^(id|in)\b/.test(me()?.language_code || "") ? "id" : "en");
const t = (word) => WORDS[lang()][word];

// ---- State -----------------------------------------------------------------------------------------------------

const world = { bot: null, people: [], chats: new Map(), menus: {}, faults: null, calls: [], ttl: 15000, listening: false };
const view = { person: 0, chat: 0, reply: null, placeholder: "", connected: false, choice: -1, menuOpen: false };
const waiting = new Map(); // "chat:message:row:column" of a tapped button → its query
const answered = new Set(); // queries whose answer came before the tap's own result
const unread = new Map(); // "person:chat" → count
const acting = new Map(); // chat → { action, timer }
const pictures = new Map(); // file id → promise of an address in memory
const PICTURES_MAX = 80;

const me = () => world.people.find((person) => person.id === view.person);
const chat = () => world.chats.get(view.chat);
const isGroup = (id) => id < 0;
const sees = (person, id) => isGroup(id) || person === id;

// ---- Server ----------------------------------------------------------------------------------------------------

async function call(path, options = {}) {
  const headers = { "x-cockpit-key": KEY, ...(options.headers || {}) };
  const response = await fetch(`/page/${path}`, { ...options, headers });
  if (response.status === 401) lock(t("locked"));
  return response;
}

/** A call that changes something; says what went wrong in a toast. Resolves to its result or to null. */
async function post(path, body, raw) {
  try {
    const headers = { "content-type": raw ? "application/octet-stream" : "application/json" };
    const response = await call(path, { method: "POST", headers, body: raw || JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) return answer.ok;
    toast(answer.error, true);
  } catch {
    toast(t("over"), true);
  }
  return null;
}

/** Reads events line by line for ever; every new connection begins with a snapshot. */
async function listen() {
  for (let pause = 400; ; pause = Math.min(pause * 1.7, 4000)) {
    const stop = new AbortController();
    let watchdog;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stop.abort(), 12000);
    };
    try {
      alive();
      const response = await call("events", { signal: stop.signal });
      if (response.status === 401) return;
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        pause = 400;
        const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
        rest = lines.pop();
        for (const line of lines) hear(JSON.parse(line));
      }
    } catch (error) {
      if (error instanceof SyntaxError) console.error(error);
    }
    clearTimeout(watchdog);
    connected(false);
    await new Promise((resume) => setTimeout(resume, pause));
  }
}

function connected(now) {
  if (view.connected === now) return;
  view.connected = now;
  drawHead();
}

function lock(why) {
  $("#app").hidden = true;
  $("#locked").hidden = false;
  $("#locked p").textContent = why;
}

const HEAR = {
  snapshot(event) {
    Object.assign(world, { bot: event.bot, people: event.people, menus: event.menus, faults: event.faults });
    Object.assign(world, { calls: event.calls, ttl: event.query_ttl_ms, listening: event.listening });
    world.chats = new Map(event.chats.map((info) => [info.id, { ...info, messages: new Map(info.messages.map((m) => [m.message_id, m])) }]));
    waiting.clear();
    answered.clear();
    if (!me()) [view.person, view.chat] = [world.people[0].id, world.people[0].id];
    view.connected = true;
    $("#app").hidden = false;
    drawAll();
  },
  ping(event) {
    if (world.listening === event.listening && view.connected) return;
    world.listening = event.listening;
    view.connected = true;
    drawHead();
  },
  message({ message }) {
    const place = world.chats.get(message.chat.id);
    const old = place.messages.get(message.message_id);
    if (JSON.stringify(old?.reply_markup) !== JSON.stringify(message.reply_markup)) {
      // Other buttons: nobody waits on them.
      const start = `${place.id}:${message.message_id}:`;
      for (const key of waiting.keys()) if (key.startsWith(start)) waiting.delete(key);
    }
    place.messages.set(message.message_id, message);
    place.started = true;
    if (!old) arrived(place, message);
    if (place.id === view.chat) drawMessage(message, !old);
    drawChats();
  },
  deleted(event) {
    const place = world.chats.get(event.chat);
    place.messages.delete(event.message_id);
    if (place.id === view.chat) {
      const stay = nearEnd();
      drawThread();
      if (stay) toEnd();
    }
    drawChats();
  },
  seen(event) {
    const message = world.chats.get(event.chat)?.messages.get(event.message_id);
    if (!message) return;
    message.seen = true;
    if (event.chat === view.chat) drawMessage(message, false);
  },
  answer(event) {
    const place = [...waiting].find(([, query]) => query === event.query)?.[0];
    if (place) settle(place);
    else if (answered.size < 500) answered.add(event.query);
    if (event.person !== view.person || !event.text) return;
    if (event.alert) alertBox(event.text);
    else toast(event.text);
  },
  action(event) {
    clearTimeout(acting.get(event.chat)?.timer);
    acting.set(event.chat, { action: event.action, timer: setTimeout(() => quiet(event.chat), 5200) });
    if (event.chat === view.chat) drawHead();
  },
  menus(event) {
    world.menus = event.menus;
    drawFoot();
  },
  people(event) {
    world.people = event.people;
    drawAll();
  },
  faults(event) {
    world.faults = event.faults;
    drawFaults();
  },
  call(event) {
    world.calls.push(event.call);
    if (world.calls.length > 200) world.calls.shift();
    drawCalls();
  },
};

function hear(event) {
  HEAR[event.type]?.(event);
}

function arrived(place, message) {
  if (!message.from.is_bot) return;
  quiet(place.id);
  for (const person of world.people) {
    if (!sees(person.id, place.id) || (person.id === view.person && place.id === view.chat)) continue;
    const key = `${person.id}:${place.id}`;
    unread.set(key, (unread.get(key) || 0) + 1);
  }
  if (place.id !== view.chat) return;
  $("#voice").textContent = wordsOf(message);
  if (message.force_reply !== null && sees(view.person, place.id)) answerTo(message, message.force_reply);
}

function quiet(id) {
  clearTimeout(acting.get(id)?.timer);
  acting.delete(id);
  if (id === view.chat) drawHead();
}

// ---- Elements --------------------------------------------------------------------------------------------------

/** An element with properties and children; strings become text. */
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function face(of, small) {
  const node = el("span", { className: `face ${small ? "small" : ""}` });
  if (of === "bot") node.append(el("img", { src: "/page.svg", alt: "" }));
  else if (of === "group") node.append(icon("group"));
  else node.append([...of.first_name][0] || "?");
  const index = of === "bot" ? 0 : of === "group" ? 3 : world.people.indexOf(of) % 2 ? 2 : 1;
  node.classList.add(`c${index}`);
  return node;
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

function day(seconds) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return date.toLocaleDateString(lang(), { day: "numeric", month: "long", year: days > 300 ? "numeric" : undefined });
}

function bytes(size) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let step = 0;
  for (; size >= 1024 && step < 3; step++) size /= 1024;
  return `${step ? size.toFixed(1) : size} ${units[step]}`;
}

const wordsOf = (message) =>
  message.text || [message.photo && t("photo"), message.document?.file_name, message.caption].filter(Boolean).join(", ");

// ---- Text with entities ----------------------------------------------------------------------------------------

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** Text from `from` to `to` (UTF-16 units, as in JavaScript) with its entities. */
function rich(text, entities, from = 0, to = text.length) {
  const fragment = document.createDocumentFragment();
  const within = entities.filter((e) => e.offset < to && e.offset + e.length > from);
  const blocks = within.filter((e) => BLOCKS.has(e.type)).sort((a, b) => a.offset - b.offset || b.length - a.length);
  let at = from;
  for (const block of blocks) {
    const [start, end] = [Math.max(block.offset, at), Math.min(block.offset + block.length, to)];
    if (block.offset < at || end <= start) continue;
    // A line break next to a block is the block's own.
    const before = text[start - 1] === "\n" && start > at ? start - 1 : start;
    fragment.append(inline(text, within, at, before), blockOf(block, text, within.filter((e) => e !== block), start, end));
    at = text[end] === "\n" && end < to ? end + 1 : end;
  }
  fragment.append(inline(text, within, at, to));
  return fragment;
}

function blockOf(block, text, entities, from, to) {
  if (block.type === "pre") {
    const pre = el("pre", { onclick: () => copy(text.slice(from, to)) });
    if (block.language) pre.append(el("span", { className: "lang" }, block.language));
    pre.append(text.slice(from, to));
    return pre;
  }
  const quote = el("blockquote", {}, rich(text, entities, from, to));
  if (block.type === "expandable_blockquote") {
    quote.className = "more";
    quote.onclick = () => quote.classList.toggle("open");
  }
  return quote;
}

/** Cut at every boundary, so that entities may cross. */
function inline(text, entities, from, to) {
  const fragment = document.createDocumentFragment();
  if (from >= to) return fragment;
  const spans = entities.filter((e) => !BLOCKS.has(e.type) && e.offset < to && e.offset + e.length > from);
  const cuts = new Set([from, to]);
  for (const e of spans) for (const cut of [e.offset, e.offset + e.length]) if (cut > from && cut < to) cuts.add(cut);
  const points = [...cuts].sort((a, b) => a - b);
  for (let i = 0; i + 1 < points.length; i++) {
    const [start, end] = [points[i], points[i + 1]];
    let node = document.createTextNode(text.slice(start, end));
    const over = spans.filter((e) => e.offset <= start && e.offset + e.length >= end);
    for (const e of over.reverse()) node = wrap(e, node, text.slice(e.offset, e.offset + e.length));
    fragment.append(node);
  }
  return fragment;
}

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

function wrap(entity, node, whole) {
  if (TAGS[entity.type]) return el(TAGS[entity.type], {}, node);
  switch (entity.type) {
    case "code":
      return el("code", { onclick: () => copy(whole) }, node);
    case "spoiler": {
      const spoiler = el("span", { className: "spoiler" }, node);
      spoiler.onclick = () => spoiler.classList.add("open");
      return spoiler;
    }
    case "bot_command":
      return el("span", { className: "tap", onclick: () => say(whole) }, node);
    case "url":
    case "text_link":
      return link(entity.url || whole, node);
    case "date_time":
      return el("span", { title: new Date(entity.unix_time * 1000).toLocaleString() }, node);
    default:
      return node;
  }
}

/** Asks first: what is written and where it leads may differ. */
function link(url, node) {
  const safe = safeUrl(url);
  if (!safe) return node;
  return el("a", { href: safe, rel: "noopener noreferrer", onclick: (event) => { event.preventDefault(); openUrl(safe); } }, node);
}

function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "tg:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

async function openUrl(url) {
  if (await alertBox(`${t("openLink")}\n\n${url}`, t("open"))) window.open(url, "_blank", "noopener,noreferrer");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    toast(text);
  }
}

// ---- Messages --------------------------------------------------------------------------------------------------

const isMine = (message) => !message.from.is_bot && message.from.id === view.person;

function messageNode(message) {
  const mine = isMine(message);
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities || message.caption_entities || [];
  const node = el("div", { className: `msg ${mine ? "out" : "in"}`, id: `m${message.message_id}` });
  const bubble = el("div", { className: "bubble" });
  node.append(bubble);
  if (isGroup(message.chat.id) && !mine) bubble.append(el("div", { className: "sender" }, message.from.first_name));
  if (message.reply_to_message) bubble.append(quotedNode(message.reply_to_message));
  const words = text ? el("div", { className: "body" }, rich(text, entities)) : null;
  const media = message.photo?.length ? photoNode(message) : message.document ? documentNode(message.document) : null;
  if (words && message.show_caption_above_media) bubble.append(words);
  if (media) bubble.append(media);
  if (words && !message.show_caption_above_media) bubble.append(words);
  if (!words && message.photo) bubble.classList.add("bare");
  const meta = metaNode(message, mine);
  if (words) {
    const last = words.lastChild;
    words.classList.toggle("block", last?.nodeType === 1 && /^(PRE|BLOCKQUOTE)$/.test(last.tagName));
    words.style.setProperty("--room", 8 + 32 + (message.edit_date ? 42 : 0) + (mine ? 22 : 0) + (message.silent ? 18 : 0));
  }
  (words && !message.show_caption_above_media ? words : bubble).append(meta);
  const rows = message.reply_markup?.inline_keyboard;
  node.rows = JSON.stringify(rows);
  if (rows) {
    node.classList.add("keys");
    node.append(keyboardNode(message, rows));
  }
  node.append(el("button", { className: "act", type: "button", title: t("reply"), onclick: () => answerTo(message) }, icon("reply")));
  node.ondblclick = (event) => { if (!event.target.closest("button, pre, code")) answerTo(message); };
  node.oncontextmenu = (event) => { if (!getSelection().toString()) contextMenu(event, message, text); };
  return node;
}

function metaNode(message, mine) {
  const meta = el("span", { className: "meta" });
  if (message.silent) meta.append(icon("mute", "mute"));
  if (message.edit_date) meta.append(el("span", {}, t("edited")));
  meta.append(el("span", {}, clock(message.date)));
  if (mine) meta.append(icon(message.seen ? "checks" : "check"));
  return meta;
}

function quotedNode(original) {
  const name = original.from.is_bot ? world.bot.first_name : original.from.first_name;
  return el("button", { className: "quoted", type: "button", onclick: () => flash(original.message_id) },
    el("b", {}, name), el("span", {}, wordsOf(original)));
}

function flash(id) {
  const node = document.getElementById(`m${id}`);
  if (!node) return;
  node.scrollIntoView({ block: "center", behavior: "smooth" });
  node.classList.remove("flash");
  requestAnimationFrame(() => node.classList.add("flash"));
}

/** The bytes of a file as an address in memory; the last few dozen are kept. */
function picture(id) {
  if (!pictures.has(id)) {
    const load = async () => {
      const response = await call(`file/${encodeURIComponent(id)}`);
      if (!response.ok) throw new Error(t("gone"));
      return URL.createObjectURL(await response.blob());
    };
    const promise = load();
    promise.catch(() => pictures.delete(id));
    pictures.set(id, promise);
    if (pictures.size > PICTURES_MAX) {
      const [oldest, address] = pictures.entries().next().value;
      pictures.delete(oldest);
      address.then(URL.revokeObjectURL, () => {});
    }
  }
  return pictures.get(id);
}

function photoNode(message) {
  const photo = message.photo[message.photo.length - 1];
  const image = el("img", { alt: message.caption || t("photo"), width: photo.width, height: photo.height });
  // An edited picture shows its predecessor until it is there: no flicker in a live chart.
  const before = document.querySelector(`#m${message.message_id} .photo img.ready`);
  if (before) {
    image.src = before.src;
    image.className = "ready";
  }
  picture(photo.file_id).then(
    (address) => {
      image.onload = () => image.classList.add("ready");
      image.src = address;
    },
    () => { image.alt = t("gone"); image.classList.add("ready"); },
  );
  const node = el("button", { className: "photo", type: "button" }, image);
  node.style.width = `${Math.min(Math.max(photo.width, 200), 460)}px`;
  node.style.maxWidth = "100%";
  node.onclick = () => openViewer(photo, message);
  return node;
}

function documentNode(file) {
  return el("button", { className: "doc", type: "button", title: file.file_name, onclick: () => save(file.file_id, file.file_name) },
    el("span", { className: "disc" }, icon("get")),
    el("div", {}, el("b", {}, file.file_name), el("small", {}, bytes(file.file_size))));
}

async function save(id, name) {
  try {
    el("a", { href: await picture(id), download: name }).click();
  } catch (error) {
    toast(error.message, true);
  }
}

function keyboardNode(message, rows) {
  const board = el("div", { className: "keyboard" });
  rows.forEach((row, r) => {
    const line = el("div");
    row.forEach((button, c) => line.append(keyNode(message, button, r, c)));
    board.append(line);
  });
  return board;
}

function keyNode(message, button, row, column) {
  const style = ["primary", "success", "danger"].includes(button.style) ? button.style : "";
  const key = el("button", { className: `key ${style}`, type: "button", title: button.text }, el("span", {}, button.text));
  if (button.url) {
    key.append(icon("out"));
    key.onclick = () => openUrl(button.url);
  } else if (button.copy_text) {
    key.append(icon("copy"));
    key.onclick = () => copy(button.copy_text.text);
  } else if (button.callback_data === undefined) {
    key.disabled = true;
  } else {
    const place = `${message.chat.id}:${message.message_id}:${row}:${column}`;
    key.dataset.place = place;
    key.classList.toggle("waiting", waiting.has(place));
    key.onclick = () => tap(place, message, row, column);
  }
  return key;
}

async function tap(place, message, row, column) {
  if (waiting.has(place)) return;
  waiting.set(place, "");
  markKey(place, true);
  const query = await post("tap", { person: view.person, chat: message.chat.id, message: message.message_id, row, column });
  if (query === null || answered.delete(query)) return settle(place);
  if (!waiting.has(place)) return;
  waiting.set(place, query);
  setTimeout(() => { if (waiting.get(place) === query) settle(place); }, world.ttl);
}

function settle(place) {
  waiting.delete(place);
  markKey(place, false);
}

function markKey(place, on) {
  document.querySelector(`[data-place="${place}"]`)?.classList.toggle("waiting", on);
}

// ---- Drawing ---------------------------------------------------------------------------------------------------

const scroller = $("#scroll");
const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

function toEnd(smooth) {
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
}

function drawAll() {
  document.documentElement.lang = lang();
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  listed = "";
  drawChats();
  drawHead();
  drawThread();
  toEnd();
  drawFoot();
  drawFaults();
  drawCalls();
}

let listed = "";

/** The lists of people and chats; left alone while they would look the same. */
function drawChats() {
  const lasts = [...world.chats.values()].map((place) => wordsOf([...place.messages.values()].at(-1) || {}));
  const now = JSON.stringify([view.person, view.chat, world.people, lasts, [...unread]]);
  if (now === listed) return;
  listed = now;
  const option = (selected, node, title, about, count, pick) =>
    el("button", { type: "button", role: "option", "aria-selected": String(selected), onclick: pick }, node,
      el("div", {}, el("b", {}, title), el("small", {}, about)), count ? el("span", { className: "badge" }, String(count)) : null);
  const missed = (person) => [...unread].filter(([key]) => key.startsWith(`${person.id}:`)).reduce((sum, [, n]) => sum + n, 0);
  $("#people").replaceChildren(...world.people.map((person) =>
    option(person.id === view.person, face(person), person.first_name, `@${person.username} · ${person.id}`,
      person.id === view.person ? 0 : missed(person), () => go(person.id, person.id))));
  const mine = [...world.chats.values()].filter((place) => sees(view.person, place.id)).sort((a, b) => b.id - a.id);
  $("#chats").replaceChildren(...mine.map((place) => {
    const last = [...place.messages.values()].at(-1);
    const title = isGroup(place.id) ? place.title : world.bot.first_name;
    return option(place.id === view.chat, face(isGroup(place.id) ? "group" : "bot"), title, last ? wordsOf(last).split("\n")[0] : t("none"),
      unread.get(`${view.person}:${place.id}`) || 0, () => go(view.person, place.id));
  }));
  const code = lang();
  $("#languages").replaceChildren(...[["en", "English"], ["id", "Indonesia"]].map(([tag, name]) =>
    el("button", { type: "button", role: "radio", "aria-checked": String(tag === code), onclick: () => post("person", { person: view.person, language_code: tag }) }, name)));
  $("#blocked").checked = me().blocked;
}

function go(person, id) {
  [view.person, view.chat, view.reply, view.placeholder] = [person, id, null, ""];
  unread.delete(`${person}:${id}`);
  $("#app").classList.remove("side");
  drawAll();
}

function drawHead() {
  if (!chat()) return;
  const group = isGroup(view.chat);
  $("#face").replaceChildren(face(group ? "group" : "bot", true));
  $("#title").textContent = group ? chat().title : world.bot.first_name;
  const status = $("#status");
  const action = acting.get(view.chat)?.action;
  status.className = view.connected && action ? "live" : "";
  if (!view.connected) status.textContent = t("connecting");
  else if (action) status.textContent = t(action === "typing" ? "typing" : "sending");
  else if (!world.listening) status.textContent = t("offline");
  else status.textContent = group ? t("members")(world.people.length) : t("bot");
  $("#me").replaceChildren(face(me(), true));
  $("#me").title = `${t("flyAs")}: ${me().first_name}`;
}

function drawThread() {
  const thread = $("#thread");
  const messages = [...chat().messages.values()].sort((a, b) => a.message_id - b.message_id);
  const nodes = [];
  let last = "";
  for (const message of messages) {
    const today = day(message.date);
    if (today !== last) nodes.push(el("div", { className: "day" }, (last = today)));
    nodes.push(messageNode(message));
  }
  if (!messages.length) {
    const group = isGroup(view.chat);
    nodes.push(el("div", { className: "card" }, el("img", { src: "/page.svg", alt: "", width: 64, height: 64 }),
      el("b", {}, group ? chat().title : t("what")), el("p", {}, t(group ? "groupAbout" : "about"))));
  }
  thread.replaceChildren(...nodes);
}

/** Draws one message anew, or for the first time at the end. */
function drawMessage(message, fresh) {
  const stay = nearEnd();
  const node = messageNode(message);
  const old = document.getElementById(node.id);
  if (old) {
    for (const quote of old.querySelectorAll("blockquote.more.open")) {
      const index = [...old.querySelectorAll("blockquote.more")].indexOf(quote);
      node.querySelectorAll("blockquote.more")[index]?.classList.add("open");
    }
    // The same keyboard stays as it is, so that a finger on it is not lost to a live edit.
    if (old.rows === node.rows) {
      old.querySelector(".bubble").replaceWith(node.querySelector(".bubble"));
      old.querySelector(".act").replaceWith(node.querySelector(".act"));
      [old.ondblclick, old.oncontextmenu] = [node.ondblclick, node.oncontextmenu];
    } else {
      old.replaceWith(node);
    }
  } else {
    const thread = $("#thread");
    const messages = [...chat().messages.values()];
    const before = messages.at(-2);
    if (messages.length === 1 || !before) thread.replaceChildren();
    if (!before || day(before.date) !== day(message.date)) thread.append(el("div", { className: "day" }, day(message.date)));
    thread.append(node);
    if (fresh) node.classList.add("fresh");
    drawFoot();
  }
  if (stay || (fresh && isMine(message))) toEnd();
  else if (fresh) missedBelow(1);
}

let below = 0;

function missedBelow(more) {
  below = nearEnd() ? 0 : below + more;
  $("#down").hidden = nearEnd();
  $("#down .badge").hidden = !below;
  $("#down .badge").textContent = String(below);
}

function drawFoot() {
  const place = chat();
  const blocked = !isGroup(view.chat) && me().blocked;
  const unstarted = !isGroup(view.chat) && !place.started;
  $("#start").hidden = !unstarted && !blocked;
  $("#start").textContent = t(blocked ? "unblock" : "start");
  $("#composer").hidden = unstarted || blocked;
  $("#menu").hidden = !menu().length;
  $("#reply").hidden = !view.reply;
  if (view.reply) {
    $("#reply b").textContent = view.reply.from.is_bot ? world.bot.first_name : view.reply.from.first_name;
    $("#reply span").textContent = wordsOf(view.reply);
  }
  $("#text").placeholder = view.placeholder || t("message");
  drawCommands();
}

// ---- Writing ---------------------------------------------------------------------------------------------------

const box = $("#text");
const menu = () => world.menus[`${view.person}:${view.chat}`] || [];

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 150)}px`;
}

async function say(text) {
  const reply_to = view.reply?.message_id ?? null;
  const id = await post("say", { person: view.person, chat: view.chat, text, reply_to });
  if (id === null) return false;
  answerTo(null);
  return true;
}

/** Chooses the message that the next one answers; `null` for none. */
function answerTo(message, placeholder = "") {
  view.reply = message;
  view.placeholder = placeholder;
  drawFoot();
  if (message) box.focus();
}

function suggestions() {
  const typed = box.value;
  if (view.menuOpen) return menu();
  if (!/^\/\w*$/.test(typed)) return [];
  return menu().filter((item) => `/${item.command}`.startsWith(typed.toLowerCase()));
}

function drawCommands() {
  const list = suggestions();
  const panel = $("#commands");
  panel.hidden = !list.length;
  view.choice = Math.min(view.choice, list.length - 1);
  panel.replaceChildren(...list.map((item, index) =>
    el("button", { type: "button", role: "option", "aria-selected": String(index === view.choice), onclick: () => command(item) },
      el("b", {}, `/${item.command}`), el("span", {}, item.description))));
  panel.children[view.choice]?.scrollIntoView({ block: "nearest" });
}

function command(item) {
  view.menuOpen = false;
  box.value = "";
  grow();
  say(`/${item.command}${isGroup(view.chat) ? `@${world.bot.username}` : ""}`);
  drawCommands();
}

async function submit() {
  const list = suggestions();
  if (view.choice >= 0 && list[view.choice]) return command(list[view.choice]);
  const text = box.value;
  if (!text.trim()) return;
  box.value = "";
  view.menuOpen = false;
  grow();
  drawCommands();
  if (!(await say(text))) {
    box.value = text;
    grow();
  }
}

box.addEventListener("input", () => {
  view.menuOpen = false;
  view.choice = -1;
  grow();
  drawCommands();
});
box.addEventListener("keydown", (event) => {
  const list = suggestions();
  if (list.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    view.choice = (view.choice + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length;
    drawCommands();
  } else if (list.length && event.key === "Tab") {
    event.preventDefault();
    box.value = `/${list[Math.max(view.choice, 0)].command} `;
    drawCommands();
  } else if (event.key === "Escape") {
    view.menuOpen = false;
    answerTo(null);
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
$("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
$("#menu").onclick = () => {
  view.menuOpen = !view.menuOpen;
  view.choice = -1;
  drawCommands();
};
$("#start").onclick = () => (me().blocked ? post("person", { person: view.person, blocked: false }) : say("/start"));
$("#reply button").onclick = () => answerTo(null);

// ---- Files -----------------------------------------------------------------------------------------------------

const filebox = $("#filebox");
let chosen = null;

function choose(file) {
  if (!file) return;
  const picturesque = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  chosen = file;
  const preview = $("#filebox .preview");
  preview.replaceChildren(`${file.name} · ${bytes(file.size)}`);
  if (picturesque) {
    const address = URL.createObjectURL(file);
    preview.prepend(el("img", { src: address, alt: "", onload: () => URL.revokeObjectURL(address) }));
  }
  $("#filebox .field").hidden = !picturesque;
  $("#filebox .switch").checked = picturesque;
  $("#filebox .line").value = "";
  $("#filebox .line").placeholder = t("caption");
  filebox.showModal();
}

async function sendFile() {
  const query = new URLSearchParams({ person: view.person, chat: view.chat, name: chosen.name, caption: $("#filebox .line").value });
  query.set("photo", String(!$("#filebox .field").hidden && $("#filebox .switch").checked));
  if (view.reply) query.set("reply_to", view.reply.message_id);
  filebox.close();
  if ((await post(`upload?${query}`, null, chosen)) !== null) answerTo(null);
}

$("#attach").onclick = () => $("#pick").click();
$("#pick").onchange = () => {
  choose($("#pick").files[0]);
  $("#pick").value = "";
};
$("#filebox .yes").onclick = sendFile;
$("#filebox .no").onclick = () => filebox.close();
box.addEventListener("paste", (event) => choose(event.clipboardData.files[0]));
$("#chat").addEventListener("dragover", (event) => event.preventDefault());
$("#chat").addEventListener("drop", (event) => {
  event.preventDefault();
  choose(event.dataTransfer.files[0]);
});

// ---- Boxes -----------------------------------------------------------------------------------------------------

function toast(text, bad) {
  const node = el("div", { className: `toast ${bad ? "bad" : ""}` }, text);
  $("#toasts").append(node);
  while ($("#toasts").children.length > 3) $("#toasts").firstChild.remove();
  setTimeout(() => node.remove(), 3200 + text.length * 25);
}

/** A modal text. With a verb it is a question: resolves to whether the verb was chosen. */
function alertBox(text, verb) {
  const dialog = $("#alert");
  if (dialog.open) dialog.close();
  $("#alert p").textContent = text;
  const [yes, no] = [$("#alert .yes"), $("#alert .no")];
  yes.textContent = verb || t("ok");
  no.textContent = t("cancel");
  no.hidden = !verb;
  return new Promise((resolve) => {
    let answer = false;
    yes.onclick = () => { answer = true; dialog.close(); };
    no.onclick = () => dialog.close();
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
  });
}

const viewer = $("#viewer");

async function openViewer(photo, message) {
  try {
    $("#viewer img").src = await picture(photo.file_id);
  } catch (error) {
    return toast(error.message, true);
  }
  $("#viewer .caption").replaceChildren(message.caption ? rich(message.caption, message.caption_entities || []) : "");
  $("#viewer .save").onclick = () => save(photo.file_id, `photo-${message.message_id}.png`);
  viewer.classList.remove("full");
  viewer.showModal();
}
$("#viewer img").onclick = () => viewer.classList.toggle("full");
$("#viewer .close").onclick = () => viewer.close();
viewer.onclick = (event) => { if (event.target === viewer) viewer.close(); };

function contextMenu(event, message, text) {
  event.preventDefault();
  const panel = $("#context");
  const item = (name, symbol, act) => el("button", { type: "button", role: "menuitem", onclick: () => { panel.hidden = true; act(); } }, icon(symbol), name);
  panel.replaceChildren(item(t("reply"), "reply", () => answerTo(message)));
  if (text) panel.append(item(t("copy"), "copy", () => copy(text)));
  panel.hidden = false;
  panel.style.left = `${Math.min(event.clientX, innerWidth - panel.offsetWidth - 8)}px`;
  panel.style.top = `${Math.min(event.clientY, innerHeight - panel.offsetHeight - 8)}px`;
}
document.addEventListener("click", () => { $("#context").hidden = true; });

// ---- Faults ----------------------------------------------------------------------------------------------------

const LATENCIES = [0, 100, 300, 800, 2000, 5000, 10000];
const TIMES = [null, 1, 3, 10];
const METHODS = {
  all: [], polls: ["getUpdates"], sends: ["sendMessage", "sendPhoto", "sendDocument"], answers: ["answerCallbackQuery"],
  edits: ["editMessageText", "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup"],
};

function drawFaults() {
  const faults = world.faults;
  const step = LATENCIES.findLastIndex((ms) => ms <= faults.latency_ms);
  $("#latency").value = step;
  $("#latency-out").value = faults.latency_ms ? `${faults.latency_ms} ms` : "–";
  const current = faults.trouble === "status" ? String(faults.status) : faults.trouble;
  $("#troubles").replaceChildren(...["off", "reset", "hang", "lost", "429", "500", "502"].map((name) => {
    const [title, about] = t("trouble")[name];
    return el("label", {}, el("input", { type: "radio", name: "trouble", checked: name === current, onchange: () => setTrouble(name) }),
      el("span", {}, title, el("small", {}, about)));
  }));
  const options = (node, list, selected) => {
    node.replaceChildren(...list.map(([value, name]) => el("option", { value, selected: value === selected }, name)));
  };
  const times = [...new Set([...TIMES, faults.times])].sort((a, b) => (a ?? 0) - (b ?? 0));
  options($("#times"), times.map((n) => [String(n), n === null ? t("always") : t("next")(n)]), String(faults.times));
  const group = Object.keys(METHODS).find((name) => String(METHODS[name]) === String(faults.methods)) ?? "all";
  options($("#methods"), Object.keys(METHODS).map((name) => [name, t(name)]), group);
  $("#duplicates").checked = faults.duplicates;
  $("#flood").checked = faults.flood;
  const bad = faults.trouble !== "off" || faults.latency_ms > 0 || faults.duplicates || faults.flood;
  $("#open-faults").classList.toggle("on", bad);
  $("#open-faults").title = t("faults");
}

const setFaults = (change) => post("faults", { ...world.faults, ...change });

function setTrouble(name) {
  const status = Number(name);
  if (status) setFaults({ trouble: "status", status, description: null });
  else setFaults({ trouble: name });
}

$("#latency").oninput = () => { $("#latency-out").value = `${LATENCIES[$("#latency").value]} ms`; };
$("#latency").onchange = () => setFaults({ latency_ms: LATENCIES[$("#latency").value] });
$("#times").onchange = () => setFaults({ times: JSON.parse($("#times").value) });
$("#methods").onchange = () => setFaults({ methods: METHODS[$("#methods").value] });
$("#duplicates").onchange = () => setFaults({ duplicates: $("#duplicates").checked });
$("#flood").onchange = () => setFaults({ flood: $("#flood").checked });
$("#blocked").onchange = () => post("person", { person: view.person, blocked: $("#blocked").checked });

function drawCalls() {
  if (!$("#app").classList.contains("faults")) return;
  $("#calls").replaceChildren(...world.calls.slice(-60).reverse().map((line) =>
    el("li", {}, el("b", {}, line.method), el("span", {}, `${clock(line.at)} · ${line.ms} ms`), line.ok ? null : el("em", {}, `${line.code || ""} ${line.description}`))));
}

// ---- Around ----------------------------------------------------------------------------------------------------

const app = $("#app");
$("#open-side").onclick = () => app.classList.add("side");
$("#me").onclick = () => app.classList.add("side");
$("#open-faults").onclick = () => { app.classList.toggle("faults"); drawCalls(); };
$("#close-faults").onclick = () => app.classList.remove("faults");
$("#scrim").onclick = () => app.classList.remove("side", "faults");
document.addEventListener("keydown", (event) => { if (event.key === "Escape") app.classList.remove("side", "faults"); });
$("#down").onclick = () => toEnd(true);
scroller.addEventListener("scroll", () => missedBelow(0), { passive: true });
new ResizeObserver(() => { if (below === 0 && $("#down").hidden) toEnd(); }).observe(scroller);

/** The system's theme until somebody chooses. */
const dark = matchMedia("(prefers-color-scheme: dark)");
let theme = null;
try { theme = localStorage.getItem("theme"); } catch { /* a private window keeps nothing */ }

function paint() {
  document.documentElement.dataset.theme = theme || (dark.matches ? "dark" : "light");
}
dark.addEventListener("change", paint);
$("#theme").onclick = () => {
  theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("theme", theme); } catch { /* as above */ }
  paint();
};
addEventListener("hashchange", () => location.reload());

paint();
if (KEY) listen();
else lock(WORDS.en.locked);

// Search and copying: the pages say everything without this script too.
"use strict";

const catalog = document.querySelector("[data-search]");
if (catalog) startSearch(catalog);
for (const text of document.querySelectorAll("[data-copy]")) addCopyButton(text);
addEventListener("hashchange", openTarget);
openTarget();

function startSearch(section) {
  const form = section.querySelector(".search");
  const input = form.querySelector("input");
  const source = section.dataset.search;
  const find = source === "" ? filterRows(section) : searchList(section, source);
  const update = async () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const answer = await find(words);
    if (answer !== undefined) form.querySelector(".found").textContent = answer;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", update);
  form.hidden = false;
  if (input.value !== "") void update();
}

// All packages stand in the page: hides the others.
function filterRows(section) {
  const rows = [...section.querySelectorAll("table:not(.results) tbody tr")].map((row) => ({
    row,
    text: row.querySelector("th").textContent.toLowerCase(),
  }));
  return (words) => {
    let found = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) found++;
    }
    return words.length === 0 ? "" : found === 0 ? "No package has these words." : `${found} of ${rows.length}`;
  };
}

// Many packages: their names are fetched once, when somebody searches.
function searchList(section, source) {
  const table = section.querySelector(".results");
  let list;
  let turn = 0;
  return async (words) => {
    const mine = ++turn;
    if (words.length === 0) {
      table.hidden = true;
      return "";
    }
    try {
      list ??= await load(source);
    } catch {
      return "The list of packages did not load.";
    }
    if (mine !== turn) return undefined;
    const found = list.filter(({ text }) => words.every((word) => text.includes(word)));
    const rank = ({ name }) => (name === words[0] ? 0 : name.startsWith(words[0]) ? 1 : name.includes(words[0]) ? 2 : 3);
    found.sort((a, b) => rank(a) - rank(b));
    const shown = found.slice(0, 100);
    table.tBodies[0].replaceChildren(...shown.map(resultRow));
    table.hidden = found.length === 0;
    if (found.length === 0) return "No package has these words.";
    return found.length > shown.length ? `${found.length} found, the first ${shown.length} shown` : `${found.length} found`;
  };
}

async function load(source) {
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(String(answer.status));
  const list = await answer.json();
  return list.map(([name, version, synopsis, link = `packages/${name}.html`]) => ({
    name,
    version,
    synopsis,
    link,
    text: `${name} ${synopsis}`.toLowerCase(),
  }));
}

function resultRow({ name, version, synopsis, link }) {
  const row = element("tr");
  const head = element("th");
  head.scope = "row";
  const anchor = element("a");
  anchor.href = link;
  anchor.append(element("bdi", name));
  const words = element("span", synopsis);
  words.className = "synopsis";
  words.dir = "auto";
  head.append(anchor, words);
  const cell = element("td");
  cell.className = "version";
  cell.append(element("bdi", version));
  row.append(head, cell);
  return row;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function addCopyButton(text) {
  const button = element("button", "Copy");
  button.type = "button";
  button.className = "copy";
  button.setAttribute("aria-label", `Copy: ${text.dataset.copy}`);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  const block = element("div");
  block.className = "block";
  text.replaceWith(block);
  block.append(text, button);
}

// Without https there is no clipboard for scripts: then the text is marked.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text.textContent.trimEnd());
    return true;
  } catch {
    getSelection().selectAllChildren(text);
    return false;
  }
}

// A link into something folded opens it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target && target.closest("details");
  if (folded) folded.open = true;
}

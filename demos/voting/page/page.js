// The voter's side: makes the ballot's random number, keeps it, and checks what the Keep answers, in the browser.

const $ = (id) => document.getElementById(id);
const text = new TextEncoder();
let election = null; // what /election says
let mine = null; // the ballot cast or opened on this page: a receipt, and the secret part if it is known

// Bytes and statements, as PROTOCOL.md has them.

const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (digits) => new Uint8Array((digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));

function u64(value) {
  const out = new DataView(new ArrayBuffer(8));
  out.setBigUint64(0, BigInt(value));
  return new Uint8Array(out.buffer);
}

function statement(purpose, ...fields) {
  const parts = [text.encode("enarx-voting/1"), text.encode(purpose), ...fields.map((f) => (typeof f === "number" ? u64(f) : f))];
  const all = parts.flatMap((part) => [...u64(part.length), ...part]);
  return new Uint8Array(all);
}

const digest = async (purpose, ...fields) => hex(await crypto.subtle.digest("SHA-256", statement(purpose, ...fields)));

// null where this browser has no Ed25519.
async function signedByKeep(message, signature) {
  let key;
  try {
    key = await crypto.subtle.importKey("raw", unhex(election.key), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null;
  }
  return crypto.subtle.verify({ name: "Ed25519" }, key, unhex(signature), message);
}

const ballot = (nonce, choice) => digest("ballot", unhex(election.id), unhex(nonce), choice);
const receiptStatement = (r) => statement("receipt", unhex(r.election), unhex(r.commitment), r.batches, unhex(r.head));

// Answers on the page.

function say(place, words, kind = "") {
  $(place).textContent = words;
  $(place).className = kind;
}

async function ask(path, form) {
  const answer = await fetch(path, form ? { method: "POST", body: new URLSearchParams(form) } : {});
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.text ?? json.error);
  return json;
}

// Runs `work` for a form or button, which rests meanwhile; what goes wrong is said at `place`.
async function during(button, place, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    say(place, error.message, "bad");
  } finally {
    button.disabled = false;
  }
}

function onSubmit(form, place, work) {
  $(form).addEventListener("submit", (event) => {
    event.preventDefault();
    during($(form).querySelector("button"), place, work);
  });
}

// The election.

function showElection() {
  document.title = election.title;
  $("title").textContent = election.title;
  for (const form of ["vote", "close"]) $(form).hidden = election.closed;
  $("hardware").hidden = !["none", "missing"].includes(election.kind);
  $("certificate").textContent = /^0+$/.test(election.certificate) ? "not known to the Keep" : election.certificate.match(/../g).join(":");
  for (const name of ["key", "id", "batch", "quorum"]) $(name).textContent = election[name];
  $("kind").textContent = { none: "none: no hardware", missing: "none at all: this Keep gives none" }[election.kind] ?? election.kind;
  const state = election.closed ? "The election is closed" : "The election is open";
  $("state").textContent = `${state}. ${election.cast} of ${election.voters} voters have voted.`;
}

function showChoices() {
  for (const [number, name] of election.choices.entries()) {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "choice", value: number, required: true });
    label.append(input, name);
    $("choices").append(label);
  }
}

async function refresh() {
  election = await ask("/election");
  showElection();
}

// Voting.

async function vote() {
  const form = new FormData($("vote"));
  const choice = Number(form.get("choice"));
  // The same code is sent with the same random number again, so that a lost answer can be asked for once more.
  const again = mine?.secret && mine.code === form.get("code") && mine.secret.choice === choice;
  const nonce = again ? mine.secret.nonce : hex(crypto.getRandomValues(new Uint8Array(32)));
  mine = { code: form.get("code"), secret: { nonce, choice } };
  const receipt = await ask("/vote", { code: form.get("code"), choice, nonce });
  if (receipt.commitment !== (await ballot(nonce, choice)) || receipt.election !== election.id)
    throw new Error("The receipt is for another ballot than yours. Do not trust this election.");
  mine.receipt = receipt;
  await showReceipt();
  say("vote-answer", "Your vote is cast.", "good");
  $("vote").reset();
  await refresh();
}

async function showReceipt() {
  const receipt = mine.receipt;
  const good = await signedByKeep(receiptStatement(receipt), receipt.signature);
  $("receipt").hidden = false;
  $("commitment").textContent = receipt.commitment;
  const words = { true: "yes, checked here", false: "NO: the signature is wrong", null: "this browser cannot check (no Ed25519); election-verify can" };
  say("signed", words[good], good === false ? "bad" : good ? "good" : "");
  $("downloads").hidden = false;
  save("save-receipt", receipt);
  save("save-secret", mine.secret && { ...receipt, ...mine.secret });
}

function save(link, content) {
  $(link).hidden = !content;
  if (!content) return;
  URL.revokeObjectURL($(link).href);
  $(link).href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }));
}

// The board.

async function readBoard() {
  const board = await ask("/board");
  let head = await digest("board", unhex(election.id));
  for (const [index, batch] of board.entries()) {
    const inOrder = batch.commitments.every((c, i) => i === 0 || batch.commitments[i - 1] < c);
    head = await digest("link", unhex(head), index + 1, batch.commitments.length, ...batch.commitments.map(unhex));
    const message = statement("batch", unhex(election.id), index + 1, batch.commitments.length, unhex(head));
    const good = await signedByKeep(message, batch.signature);
    if (!inOrder || batch.number !== index + 1 || batch.head !== head || good === false)
      throw new Error(`The board does not fit: batch ${index + 1} was changed.`);
  }
  showBoard(board);
  return board;
}

function showBoard(board) {
  const items = board.map((batch) => {
    const item = document.createElement("li");
    const list = document.createElement("ul");
    for (const commitment of batch.commitments) {
      const line = document.createElement("li");
      const code = document.createElement("code");
      code.textContent = commitment;
      if (commitment === mine?.receipt?.commitment) line.className = "mine";
      line.append(code);
      list.append(line);
    }
    item.append(`${batch.commitments.length} ballots`, list);
    return item;
  });
  $("board").replaceChildren(...items);
  const ballots = board.reduce((sum, batch) => sum + batch.commitments.length, 0);
  say("board-answer", `${ballots} ballots in ${board.length} batches; chain and signatures fit.`, "good");
}

async function check() {
  const file = $("file").files[0];
  if (file) {
    const { nonce, choice, ...receipt } = JSON.parse(await file.text());
    mine = { receipt, secret: nonce === undefined ? undefined : { nonce, choice } };
    await showReceipt();
  }
  if (!mine?.receipt) throw new Error("There is no receipt yet: vote, or open a saved one.");
  await refresh();
  if (mine.receipt.election !== election.id) throw new Error("This receipt is of another election.");
  const board = await readBoard();
  const at = board.findIndex((batch) => batch.commitments.includes(mine.receipt.commitment));
  if (at < 0 && election.closed) throw new Error("Your ballot is NOT on the board of the closed election. Show your receipt to the officials.");
  if (at < 0) return say("check-answer", "Your ballot waits for its batch. Look again later, at the latest when the election is closed.");
  say("check-answer", `Your ballot is on the board, in batch ${at + 1}.`, "good");
  if (election.closed) await checkCounted();
}

async function checkCounted() {
  const result = await showResult();
  if (!mine.secret) return;
  const track = await digest("tracker", unhex(election.id), unhex(mine.secret.nonce));
  const counted = result.ballots.find((one) => one.tracker === track);
  if (!counted || counted.choice !== mine.secret.choice)
    throw new Error("Your ballot was NOT counted as you cast it. Show your receipt and your secret part to a court.");
  say("check-answer", `${$("check-answer").textContent} It was counted for ${election.choices[counted.choice]}.`, "good");
}

// The end.

async function showResult() {
  const result = await ask("/result");
  const rows = election.choices.map((name, number) => {
    const row = document.createElement("tr");
    for (const words of [name, result.tally[number]]) row.append(Object.assign(document.createElement("td"), { textContent: words }));
    return row;
  });
  $("tally").tBodies[0].replaceChildren(...rows);
  $("tally").hidden = false;
  const counted = election.choices.map((_, number) => result.ballots.filter((one) => one.choice === number).length);
  const fits = counted.every((votes, number) => votes === result.tally[number]) && result.spent.length === result.ballots.length;
  if (!fits) throw new Error("The tally does not fit the list of ballots.");
  say("result-answer", `${result.ballots.length} ballots, ${result.spent.length} codes used, closed by ${result.closers.length} officials; the list adds up.`, "good");
  return result;
}

async function close() {
  const answer = await ask("/close", { code: $("official").value });
  $("close").reset();
  say("close-answer", answer.closed ? "The election is closed." : `${answer.given} of ${answer.needed} officials have spoken.`, "good");
  await refresh();
  if (answer.closed) {
    await readBoard();
    await showResult();
  }
}

onSubmit("vote", "vote-answer", vote);
onSubmit("check", "check-answer", check);
onSubmit("close", "close-answer", close);
$("refresh").addEventListener("click", () => during($("refresh"), "board-answer", async () => {
  await refresh();
  await readBoard();
  if (election.closed) await showResult();
}));

try {
  await refresh();
  showChoices();
  if (election.closed) await showResult();
  // A link can carry the code behind the #, which no browser sends anywhere.
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) $("code").value = code;
  history.replaceState(null, "", location.pathname);
} catch (error) {
  say("state", error.message, "bad");
}

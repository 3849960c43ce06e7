// What an AssemblyScript program does: arguments, environment, standard input, objects that are collected, the time.

class Entry {
  constructor(public word: string, public count: i32) {}
}

const args = process.argv;
console.log(args.length.toString() + " arguments, the last is " + args[args.length - 1]);
console.log("COLOUR is " + process.env.get("COLOUR"));

const buffer = new ArrayBuffer(65536);
let text = "";
for (let got = process.stdin.read(buffer); got > 0; got = process.stdin.read(buffer)) {
  text += String.UTF8.decode(buffer.slice(0, got));
}

const counts = new Map<string, i32>();
const words = text.split(" ");
for (let i = 0; i < words.length; i++) {
  const word = words[i].trim();
  if (word.length > 0) counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1);
}
const entries: Entry[] = [];
const keys = counts.keys();
for (let i = 0; i < keys.length; i++) entries.push(new Entry(keys[i], counts.get(keys[i])));
entries.sort((a, b) => b.count - a.count);
for (let i = 0; i < entries.length; i++) console.log(entries[i].word + " " + entries[i].count.toString());

let collected: f64 = 0;
for (let i = 0; i < 200000; i++) collected += new Array<f64>(8).fill(0.5)[3];
console.log("collected " + collected.toString());
console.log("after 2020: " + (Date.now() > 1577836800000 ? "true" : "false"));
process.exit(17);

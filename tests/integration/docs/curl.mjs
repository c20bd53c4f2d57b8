/** As much of curl as the examples use, for machines without it. */
import { readFileSync, writeFileSync } from "node:fs";

const words = process.argv.slice(2);
const headers = {};
let method;
let body;
let output;
let url;
for (let i = 0; i < words.length; i++) {
  const word = words[i];
  if (word === "-sSf") continue;
  if (word === "-H") {
    const [name, ...value] = words[++i].split(": ");
    headers[name] = value.join(": ");
  } else if (word === "-X") method = words[++i];
  else if (word === "-d" || word === "--data-binary") {
    const value = words[++i];
    body = value.startsWith("@") ? readFileSync(value.slice(1)) : value;
    if (word === "--data-binary") headers["Content-Type"] ??= "application/octet-stream";
  } else if (word === "-o") output = words[++i];
  else url = word;
}
const response = await fetch(url, { method: method ?? (body === undefined ? "GET" : "POST"), headers, body });
const bytes = Buffer.from(await response.arrayBuffer());
if (response.ok && output !== undefined) writeFileSync(output, bytes);
else if (response.ok) process.stdout.write(bytes);
else {
  process.stderr.write(`curl: ${response.status} ${url}\n`);
  process.exitCode = 22;
}

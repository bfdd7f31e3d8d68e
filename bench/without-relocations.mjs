// Drops what the site's build keeps for splitting its wasm and binaryen cannot read: the sections `linking` and `reloc.*`.
// usage: without-relocations.mjs FILE
import fs from 'node:fs';

const [file] = process.argv.slice(2);
const bytes = fs.readFileSync(file);

/** A LEB128 number and where it ends. */
function number(at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

const kept = [bytes.subarray(0, 8)];
for (let at = 8; at < bytes.length;) {
  const [size, start] = number(at + 1);
  const [length, from] = number(start);
  const name = bytes[at] === 0 ? bytes.toString('utf8', from, from + length) : '';
  if (name !== 'linking' && !name.startsWith('reloc.')) kept.push(bytes.subarray(at, start + size));
  at = start + size;
}
fs.writeFileSync(file, Buffer.concat(kept));

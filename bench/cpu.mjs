// CPU time of a process and all below it, from /proc: what a busy machine does not distort much.
import fs from 'node:fs';

const read = path => {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    // The process or thread has ended meanwhile.
    return '';
  }
};

/** ms on a processor, of all threads of the tree, since each began. */
export function cpuMs(root) {
  const children = new Map();
  for (const pid of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const parent = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1];
    if (parent) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [String(root)];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  let nanoseconds = 0;
  for (const pid of tree) {
    let threads = [];
    try {
      threads = fs.readdirSync(`/proc/${pid}/task`);
    } catch { /* ended */ }
    for (const thread of threads) nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
  }
  return nanoseconds / 1e6;
}

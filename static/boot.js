// Starts the app, opens glossary notes, lets the keyboard scroll wide formulas, and says in every figure's place why it cannot start.
const wasm = new URL("./APP_WASM", import.meta.url);
const zh = document.documentElement.lang.startsWith("zh");
const words = {
  wasm: zh ? "这个浏览器没有 WebAssembly，图无法在这里计算。换一个较新的浏览器就能看到。" : "This browser has no WebAssembly, so the figure cannot compute itself here. A current browser shows it.",
  simd: zh ? "这个浏览器的 WebAssembly 没有 SIMD（向量指令），图无法在这里计算。换一个较新的浏览器就能看到。" : "This browser’s WebAssembly lacks SIMD (vector instructions), so the figure cannot compute itself here. A current browser shows it.",
  network: zh ? "图的程序没有下载成功。" : "The program behind this figure did not arrive.",
  start: zh ? "图的程序没能启动。" : "The program behind this figure did not start.",
  again: zh ? "再试一次" : "Try again",
};

// The smallest module with a v128 instruction; a browser without SIMD finds it invalid.
const simd = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);

function say(reason, detail) {
  for (const place of document.querySelectorAll(".fig-wait")) {
    const text = document.createElement("p");
    text.textContent = words[reason] + (detail ? ` (${detail})` : "");
    place.replaceChildren(text);
    place.dataset.problem = reason;
    if (reason !== "network" && reason !== "start") continue;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = words.again;
    again.addEventListener("click", () => location.reload());
    place.append(again);
  }
}

async function boot() {
  if (typeof WebAssembly !== "object") return say("wasm");
  if (!WebAssembly.validate(simd)) return say("simd");
  let init, response;
  try {
    [{ default: init }, response] = await Promise.all([import("./APP_JS"), fetch(wasm)]);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
  } catch (error) {
    return say("network", error.message);
  }
  try {
    await init({ module_or_path: response });
  } catch (error) {
    say("start", error.message);
  }
}

// Notes work before the app and without it; the app swaps <main>, so the page itself listens.
document.addEventListener("click", (event) => {
  const term = event.target.closest?.("button.gloss");
  const note = term && document.getElementById(term.getAttribute("aria-controls"));
  if (!note) return;
  note.hidden = !note.hidden;
  term.setAttribute("aria-expanded", String(!note.hidden));
});

// A formula or table that is wider than its column scrolls, so the keyboard must reach it.
function reach() {
  for (const box of document.querySelectorAll(".eq, .table")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("resize", reach);
new MutationObserver(reach).observe(document.body, { childList: true });
document.fonts?.ready.then(reach);

reach();
boot();

// From the root to the reader's language: the one last chosen, else the first that the browser names.
(() => {
  let code = null;
  try { code = localStorage.getItem("lang"); } catch { /* storage is closed to us: ask the browser */ }
  if (code !== "en" && code !== "zh") {
    const known = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "zh");
    code = known || "en";
  }
  location.replace(code + "/" + location.search + location.hash);
})();

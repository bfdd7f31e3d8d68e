// Sets the theme before the first paint: from the address, else from the reader's last choice.
(() => {
  let theme = new URLSearchParams(location.search).get("theme");
  try { theme = theme || localStorage.getItem("theme"); } catch { /* storage is closed to us: the system's theme it is */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;

  // Paper is light.
  let chosen;
  addEventListener("beforeprint", () => {
    chosen = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    if (chosen) document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
  });
})();

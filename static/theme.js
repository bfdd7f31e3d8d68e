// Sets the theme before the first paint: from the address, else from the reader's last choice.
(() => {
  let theme = new URLSearchParams(location.search).get("theme");
  try { theme = theme || localStorage.getItem("theme"); } catch { /* storage is closed to us: the system's theme it is */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();

// Runs before the first paint: the theme that the person chose, so that the page does not flash in another one.
(() => {
  try {
    const { theme } = JSON.parse(localStorage.getItem("webrunner.settings") ?? "{}");
    if (theme && theme !== "system") document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage the system's theme it is.
  }
})();

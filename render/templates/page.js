// Light or dark: what the reader chose before, else what the device prefers.
const root = document.documentElement;
const remember = (theme) => { try { localStorage.setItem("theme", theme); } catch {} };
const recall = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const preferred = () => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
root.dataset.theme = recall() ?? preferred();
addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("theme");
  const show = (theme) => {
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", theme === "dark");
  };
  show(root.dataset.theme);
  button.onclick = () => {
    show(root.dataset.theme === "dark" ? "light" : "dark");
    remember(root.dataset.theme);
  };
  // on a narrow screen the contents start closed, above the text
  if (matchMedia("(max-width: 62rem)").matches) document.querySelector("#toc details")?.removeAttribute("open");
});

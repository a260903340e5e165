// What Quarto's options give its own page: the theme, contents that follow, previews, anchors, code.
const root = document.documentElement;
const remember = (theme) => { try { localStorage.setItem("theme", theme); } catch {} };
const recall = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 62rem)");
root.dataset.theme = recall() ?? (dark.matches ? "dark" : "light"); // before anything is painted
dark.addEventListener("change", () => { if (!recall()) root.dataset.theme = dark.matches ? "dark" : "light"; });
addEventListener("DOMContentLoaded", () => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const named = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const add = (parent, name, properties) => {
    const made = Object.assign(document.createElement(name), properties);
    parent.append(made);
    return made;
  };

  const theme = document.getElementById("theme");
  const press = () => { theme.ariaPressed = String(root.dataset.theme === "dark"); };
  theme.onclick = () => {
    remember(root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark");
    press();
  };
  press();

  // contents: closed at first on a narrow screen, above the text; else the current section is marked
  if (narrow.matches) document.querySelector("#toc details")?.removeAttribute("open");
  const entries = all("#toc a").map((link) => [link, named(link)]).filter(([, section]) => section);
  const mark = () => {
    let current = null;
    for (const [link, section] of entries) {
      link.removeAttribute("aria-current");
      if (section.getBoundingClientRect().top < innerHeight / 4) current = link;
    }
    current?.setAttribute("aria-current", "true");
    if (!narrow.matches) current?.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  let waits = false;
  addEventListener("scroll", () => {
    if (!waits) requestAnimationFrame(() => { waits = false; mark(); });
    waits = true;
  }, { passive: true });
  mark();

  for (const heading of all("main section[id] > :is(h2, h3, h4)")) {
    add(heading, "a", { className: "anchor", href: "#" + heading.parentElement.id, ariaLabel: "Link to this section", textContent: "#" });
  }

  for (const code of all("main pre.cell-code, main pre.sourceCode")) {
    const around = code.closest("div.sourceCode") ?? code;
    const button = add(around, "button", { className: "copy", type: "button", textContent: "Copy" });
    button.onclick = async () => {
      await navigator.clipboard.writeText(code.textContent.trimEnd() + "\n");
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    };
  }
  const folds = all("details.fold"), button = document.getElementById("code");
  button.hidden = !folds.length;
  button.onclick = () => {
    const open = button.ariaPressed !== "true";
    folds.forEach((fold) => { fold.open = open; });
    button.ariaPressed = String(open);
    button.textContent = open ? "Hide all code" : "Show all code";
  };

  // previews of what a reference, a citation or a note leads to
  const preview = add(document.body, "div", { id: "preview", role: "tooltip", hidden: true });
  const hide = () => { preview.hidden = true; };
  const show = (link) => {
    const target = named(link);
    if (!target) return;
    const parts = target.tagName === "SECTION" ? [...target.children].slice(0, 2) : [target];
    preview.replaceChildren(...parts.map((part) => part.cloneNode(true)));
    all("[id], [tabindex]", preview).forEach((one) => { one.removeAttribute("id"); one.removeAttribute("tabindex"); });
    all("button, .anchor, .table-tools, .footnote-back", preview).forEach((one) => one.remove());
    preview.hidden = false;
    const place = link.getBoundingClientRect(), size = preview.getBoundingClientRect();
    const above = place.bottom + size.height + 12 > innerHeight && place.top > size.height + 12;
    preview.style.top = (above ? place.top - size.height - 8 : place.bottom + 8) + "px";
    preview.style.left = Math.max(8, Math.min(place.left, root.clientWidth - size.width - 8)) + "px";
  };
  for (const link of all("main a.xref, main a[role=doc-biblioref], main a[role=doc-noteref]")) {
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("mouseleave", hide);
    link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link); });
    link.addEventListener("blur", hide);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
});

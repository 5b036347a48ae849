/** Tabs by the pattern of ARIA: arrow keys choose. @param chosen is called with the panel that is shown, the first one too */
export function tabs(list: HTMLElement, chosen: (panel: HTMLElement) => void): void {
  const all = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
  const panelOf = (tab: HTMLElement) => document.getElementById(tab.getAttribute("aria-controls") ?? "");
  const choose = (tab: HTMLElement) => {
    for (const each of all) {
      const isChosen = each === tab;
      each.setAttribute("aria-selected", String(isChosen));
      each.tabIndex = isChosen ? 0 : -1;
      panelOf(each)?.toggleAttribute("hidden", !isChosen);
    }
    const panel = panelOf(tab);
    if (panel !== null) chosen(panel);
  };
  all.forEach((tab, i) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = step === undefined ? undefined : all[(i + step + all.length) % all.length];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
      choose(next);
    });
  });
  if (all[0] !== undefined) choose(all[0]);
}
